/** A host that is shut down by a command over SSH, and is off when its SSH port says no more. */
import { text } from '../../model/text.ts';
import type { SshWay } from '../../model/host.ts';
import type { HostTest } from '../../ports/host-shutdown.ts';
import type { Asked, Way } from '../host-orders.ts';
import { signOfPort } from '../last-sign.ts';
import { runSsh } from './client.ts';

/** `program` is given by tests. */
export function sshWay(way: SshWay, program?: string): Way {
  const { user, host, port, command, testCommand } = way;
  const where = `${user}@${host}:${port}`;
  return {
    async ask(end): Promise<Asked> {
      const run = await runSsh(way, command, end, program);
      if (run.kind === 'refused' || run.kind === 'unreached') return run;
      if (run.kind === 'cut')
        return { kind: 'asked', reason: text(`${where} 已断开连接`, `${where} has ended the connection`) };
      if (run.code === 0)
        return { kind: 'asked', reason: text(`${where} 已接受命令`, `${where} took the command`) };
      return { kind: 'refused', reason: failed(where, run.code, run.said) };
    },
    look: (end) => signOfPort(host, port, end),
    async test(end): Promise<HostTest> {
      const run = await runSsh(way, testCommand, end, program);
      if (run.kind === 'refused' || run.kind === 'unreached') return { works: false, reason: run.reason };
      if (run.kind === 'cut')
        return { works: false, reason: text(`${where} 断开了连接`, `${where} ended the connection`) };
      if (run.code !== 0) return { works: false, reason: failed(where, run.code, run.said) };
      return {
        works: true,
        reason:
          testCommand === undefined
            ? text(
                `${where} 可登录；未写 test-command，权限未检验`,
                `${where} lets us log in; no test-command, so rights were not tried`,
              )
            : text(`${where} 已执行 test-command`, `${where} ran the test-command`),
      };
    },
  };
}

const failed = (where: string, code: number, said: string) => {
  const detail = said === '' ? '' : `：${said}`;
  return text(
    `${where} 的命令以 ${code} 结束${detail}`,
    `the command on ${where} ended with ${code}${detail.replace('：', ': ')}`,
  );
};
