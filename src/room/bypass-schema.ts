/** The section `bypass` as it is written. */
import { about, duration, one, optional, strict, whole } from './schema-words.ts';
import { relayCareKeys } from './relay-schema.ts';

export const bypassSchema = strict(
  {
    confirm: optional(
      duration(
        'bypass.confirm',
        about('故障持续这么久才切换', 'the fault must last this long before the trip'),
      ),
    ),
    'busy-cap': optional(
      duration(
        'bypass.busy-cap',
        about('通话中无语音，最多等这么久', 'a call without speech is cut over after this'),
      ),
    ),
    'call-cap': optional(
      duration(
        'bypass.call-cap',
        about('通话中有语音，最多等这么久', 'a call with speech is cut over after this'),
      ),
    ),
    'idle-for': optional(
      duration(
        'bypass.idle-for',
        about('线路空闲这么久才恢复', 'a line is restored after it was idle this long'),
      ),
    ),
    'loop-open': optional(
      duration(
        'bypass.loop-open',
        about('环路断开这么久即挂机', 'an open loop of this length is the end of a call'),
      ),
    ),
    restore: optional(
      one(
        ['when-idle', 'by-key', 'by-command'],
        about('恢复方式：自动、钥匙或命令', 'who restores: the program, the key or a command'),
        'when-idle',
      ),
    ),
    'restore-after': optional(
      duration(
        'bypass.restore-after',
        about('交换机持续正常这么久才恢复', 'the PBX must be up without break this long before'),
      ),
    ),
    'restores-per-hour': optional(
      whole(
        'bypass.restores-per-hour',
        about('超过则由人恢复；切换从不受限', 'then a person restores; a trip is never refused'),
      ),
    ),
    spacing: optional(
      duration('bypass.spacing', about('两条线恢复的间隔', 'pause between the restores of two lines')),
    ),
    prove: optional(
      duration('bypass.prove', about('恢复后观察这么久', 'a restored line is on probation for this long')),
    ),
    'ring-limit': optional(
      duration(
        'bypass.ring-limit',
        about('振铃这么久无人应答即算不应答', 'rung this long without answer counts as unanswered'),
      ),
    ),
    ...relayCareKeys,
  },
  about('旁路', 'the bypass'),
);
