/**
 * A byte link behind a login: a switch that gives its call records to whoever logs in over Telnet (Panasonic KX-NS, KX-TDE: port
 * 2300, user SMDR). It is up when the switch has let us in, logs in again after every loss, and keeps the connection alive.
 *
 * A switch locks out who guesses: after a refusal, and without a password, it waits a minute. The password never reaches a log.
 */
import type { ByteLink, ByteLinkHandlers } from '../../ports/byte-link.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import { readSecret } from '../secret-file.ts';
import { TelnetReader, telnetData, telnetNop } from '../../format/telnet.ts';

export interface TelnetLinkOptions {
  readonly link: ByteLink;
  readonly user: string;
  readonly passwordFile: string;
  /** For tests. */
  readonly times?: Partial<typeof standardTimes>;
}

const standardTimes = {
  /** Without a prompt the user's name is sent after this; without a word after the password we are in. */
  quietMs: 2000,
  /** Longest login. */
  loginMs: 15_000,
  againMs: 60_000,
  aliveMs: 60_000,
};
/** What came of the switch's words: the end of them tells what it asks. */
const heardCharsMax = 512;
const asksUser = /(^|[\r\n])\s*-\s*$|(login|user( ?name)?|account)\s*:?\s*$/i;
const asksPassword = /pass(word|code)?\s*:?\s*$/i;
const refuses = /(incorrect|invalid|denied|failed|refused|wrong|error)/i;

type Stage = 'down' | 'user' | 'password' | 'checked' | 'in' | 'refused';

export class TelnetLink implements ByteLink {
  readonly name: string;
  readonly #options: TelnetLinkOptions;
  readonly #times: typeof standardTimes;
  #handlers: ByteLinkHandlers | undefined;
  #reader = new TelnetReader();
  #stage: Stage = 'down';
  #heard = '';
  /** Counts connections, so that a file that was read for an older one is known as such. */
  #connection = 0;
  #quiet: NodeJS.Timeout | undefined;
  #limit: NodeJS.Timeout | undefined;
  #alive: NodeJS.Timeout | undefined;

  constructor(options: TelnetLinkOptions) {
    this.name = options.link.name;
    this.#options = options;
    this.#times = { ...standardTimes, ...options.times };
  }

  start(handlers: ByteLinkHandlers): void {
    this.#handlers = handlers;
    this.#options.link.start({
      up: () => {
        this.#connected();
      },
      down: (reason) => {
        const wasRefused = this.#stage === 'refused';
        this.#reset();
        // Why it was refused has been told, and is the better reason.
        if (!wasRefused) handlers.down(reason);
      },
      data: (chunk) => {
        this.#received(chunk);
      },
    });
  }

  write(bytes: Uint8Array): boolean {
    return this.#stage === 'in' && this.#options.link.write(telnetData(bytes));
  }

  drop(reason: Text): void {
    this.#options.link.drop(reason);
  }

  async close(): Promise<void> {
    this.#reset();
    await this.#options.link.close();
  }

  #reset(): void {
    this.#stage = 'down';
    this.#connection++;
    clearTimeout(this.#quiet);
    clearTimeout(this.#limit);
    clearInterval(this.#alive);
  }

  #connected(): void {
    this.#reset();
    this.#reader = new TelnetReader();
    this.#heard = '';
    this.#stage = 'user';
    this.#limit = setTimeout(() => {
      this.#refuse(text('登录没有完成', 'the login did not come to an end'));
    }, this.#times.loginMs);
    this.#waitQuiet(() => {
      this.#sendUser();
    });
  }

  #received(chunk: Uint8Array): void {
    const { data, answer } = this.#reader.push(chunk);
    if (answer.length > 0) this.#options.link.write(answer);
    if (data.length === 0) return;
    if (this.#stage === 'in') {
      this.#handlers?.data(data);
      return;
    }
    this.#heard = (this.#heard + Buffer.from(data).toString('latin1')).slice(-heardCharsMax);
    if (this.#stage === 'user' && asksPassword.test(this.#heard)) void this.#sendPassword();
    else if (this.#stage === 'user' && asksUser.test(this.#heard)) this.#sendUser();
    else if (this.#stage === 'password' && asksPassword.test(this.#heard)) void this.#sendPassword();
    else if (
      this.#stage === 'checked' &&
      (refuses.test(this.#heard) || asksUser.test(this.#heard) || asksPassword.test(this.#heard))
    )
      this.#refuse(text('交换机不接受用户名或密码', 'the switch does not take the user or the password'));
  }

  #sendUser(): void {
    if (this.#stage !== 'user') return;
    this.#stage = 'password';
    this.#heard = '';
    clearTimeout(this.#quiet);
    this.#say(this.#options.user);
  }

  async #sendPassword(): Promise<void> {
    const connection = this.#connection;
    this.#stage = 'checked';
    this.#heard = '';
    clearTimeout(this.#quiet);
    const password = await readSecret(this.#options.passwordFile);
    if (connection !== this.#connection) return;
    if (!password.ok) {
      this.#refuse(password.reason);
      return;
    }
    this.#say(password.secret);
    this.#waitQuiet(() => {
      this.#letIn();
    });
  }

  #letIn(): void {
    if (this.#stage !== 'checked') return;
    clearTimeout(this.#limit);
    this.#stage = 'in';
    this.#alive = setInterval(() => this.#options.link.write(telnetNop), this.#times.aliveMs);
    this.#handlers?.up();
    // What came since the password may be the first records.
    if (this.#heard !== '') this.#handlers?.data(Buffer.from(this.#heard, 'latin1'));
    this.#heard = '';
  }

  /** The connection is kept meanwhile: to connect again and again would look like guessing. */
  #refuse(reason: Text): void {
    if (this.#stage === 'refused') return;
    const wait = this.#times.againMs;
    this.#reset();
    this.#stage = 'refused';
    this.#handlers?.down(reason);
    this.#limit = setTimeout(() => {
      this.#options.link.drop(reason);
    }, wait);
  }

  #say(words: string): void {
    this.#options.link.write(telnetData(Buffer.from(`${words}\r\n`, 'latin1')));
  }

  #waitQuiet(then: () => void): void {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(then, this.#times.quietMs);
  }
}
