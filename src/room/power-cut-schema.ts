/** The sections `power-cut` and `power-return` as they are written: the plan for a power cut. */
import { Type } from '@sinclair/typebox';
import { text } from '../model/text.ts';
import { about, duration, matching, nameOf, one, optional, percent, strict } from './schema-words.ts';

export const powerCutSchema = Type.Array(
  strict(
    {
      when: matching(
        '^(on battery|runtime < \\d{1,4}(s|m|h))$',
        text('on battery 或 runtime < 60m', 'on battery or runtime < 60m'),
        about('条件', 'condition'),
      ),
      after: optional(
        duration('power-cut.after', about('条件持续这么久才算', 'the condition must stand this long')),
      ),
      do: Type.Array(
        Type.Union(
          [
            one(
              ['announce', 'suspend-outbound', 'manual-forms', 'bypass-when-idle', 'end'],
              about('动作', 'action'),
            ),
            strict(
              { shut: nameOf('负载组', 'a group of loads', 'non-essential') },
              about('切断一组负载', 'shut a group of loads'),
              'shut',
            ),
            strict(
              { start: nameOf('负载组', 'a group of loads', 'emergency-light') },
              about('接通一组负载', 'switch a group of loads on'),
              'start',
            ),
            strict(
              {
                tell: strict(
                  {
                    name: Type.String({ minLength: 1, maxLength: 64, ...about('姓名', 'who') }),
                    phone: Type.String({ minLength: 1, maxLength: 40, ...about('电话', 'telephone') }),
                    role: Type.String({
                      minLength: 1,
                      maxLength: 64,
                      ...about('身份，如物业、主管', 'in which part, such as manager'),
                    }),
                  },
                  about('何人', 'who is told'),
                ),
              },
              about('由值班员通知某人并签名确认', 'somebody tells a person, and ticks it off by name'),
              'tell',
            ),
          ],
          {
            'x-expects': text(
              '动作名，或 shut: 组名、start: 组名、tell: { name, phone, role }',
              'the name of an action, or shut: group, start: group, tell: { name, phone, role }',
            ),
            ...about('动作', 'action'),
          },
        ),
        { minItems: 1, maxItems: 16, ...about('依次执行', 'done in this order') },
      ),
    },
    about('一个阶段', 'one stage'),
  ),
  { maxItems: 16, ...about('停电预案', 'what happens in a power cut, by remaining runtime') },
);

export const powerReturnSchema = strict(
  {
    stable: optional(
      duration(
        'power-return.stable',
        about('市电持续这么久才恢复负载', 'the mains must stay this long before loads go back'),
      ),
    ),
    battery: optional(
      percent(
        'power-return.battery',
        about('电池须充到此电量', 'the batteries must hold so much before that'),
      ),
    ),
    spacing: optional(
      duration('power-return.spacing', about('两组负载之间的间隔', 'from one group of loads to the next')),
    ),
    remind: optional(
      duration(
        'power-return.remind',
        about('无人处理时多久后提醒', 'what nobody has done is called to mind after this'),
      ),
    ),
  },
  about('市电恢复之后', 'when the mains are back'),
);
