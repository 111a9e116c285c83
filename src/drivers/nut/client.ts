/**
 * Client of NUT's upsd: one connection, one question at a time, everything bounded in time and size. It sets nothing: with a user it logs in as a secondary, so that a wrong password shows at once and not in the power cut. Asked for TLS it
 * never goes on without: a server that has none is refused, before the password is sent.
 */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { nutQuoted, nutWords } from '../../format/nut.ts';

/** A UPS has a hundred variables at most. */
const answerLinesMax = 1000;
const lineCharsMax = 2000;

export interface NutServer {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls: boolean;
  /** Own authority or the server's own certificate, PEM; its name is then not compared, because it signs nothing else. */
  readonly ca?: string;
  /** Longest wait for each answer. */
  readonly timeoutMs: number;
}

/** What upsd answered with `ERR`, or what is wrong with the connection (`code` of the system). */
export class NutError extends Error {
  override readonly name = 'NutError';
  readonly code: string;

  constructor(code: string, message = code) {
    super(message);
    this.code = code;
  }
}

export class NutConnection {
  readonly #timeoutMs: number;
  #socket: Socket;
  #received = '';
  #lines: string[] = [];
  #ended: NutError | undefined;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
    this.#listen(socket);
  }

  /** Connects, encrypts, names the user. Throws NutError. */
  static async open(server: NutServer): Promise<NutConnection> {
    const socket = connect({ host: server.host, port: server.port });
    const connection = new NutConnection(socket, server.timeoutMs);
    try {
      await connection.#until('connect', socket);
      if (server.tls) await connection.#encrypt(server);
      if (server.username !== undefined) await connection.#ask(`USERNAME ${nutQuoted(server.username)}`);
      if (server.password !== undefined) await connection.#ask(`PASSWORD ${nutQuoted(server.password)}`);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  get isOpen(): boolean {
    return this.#ended === undefined;
  }

  /** Proves user and password; upsd accepts them unchecked until now. */
  async login(ups: string): Promise<void> {
    await this.#ask(`LOGIN ${nutQuoted(ups)}`);
  }

  async variables(ups: string): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#list('VAR', ups);
    return new Map(rows.map(([, , name = '', value = '']) => [name, value]));
  }

  /** Addresses of those that are logged into this UPS. */
  async clients(ups: string): Promise<readonly string[]> {
    return (await this.#list('CLIENT', ups)).map(([, , address = '']) => address);
  }

  /** A command of the UPS, such as `test.battery.start.quick`; the user needs `instcmds` for it in upsd.users. */
  async command(ups: string, name: string): Promise<void> {
    await this.#ask(`INSTCMD ${nutQuoted(ups)} ${nutQuoted(name)}`);
  }

  async names(): Promise<readonly string[]> {
    return (await this.#list('UPS')).map(([, name = '']) => name);
  }

  close(): void {
    if (this.isOpen) this.#socket.write('LOGOUT\n');
    this.#end(new NutError('CLOSED', 'closed'));
  }

  async #list(...what: readonly string[]): Promise<readonly (readonly string[])[]> {
    const first = await this.#ask(`LIST ${what.join(' ')}`);
    if (first[0] !== 'BEGIN') throw this.#broken(first.join(' '));
    const rows: (readonly string[])[] = [];
    for (let lines = 0; lines < answerLinesMax; lines++) {
      const words = await this.#line();
      if (words[0] === 'END') return rows;
      rows.push(words);
    }
    throw this.#broken(`more than ${answerLinesMax} lines`);
  }

  async #ask(question: string): Promise<readonly string[]> {
    if (this.#ended !== undefined) throw this.#ended;
    this.#socket.write(`${question}\n`);
    const words = await this.#line();
    if (words[0] === 'ERR') throw new NutError(words[1] ?? 'ERR');
    return words;
  }

  async #line(): Promise<readonly string[]> {
    const endMs = performance.now() + this.#timeoutMs;
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) {
        const words = nutWords(line);
        if (words === undefined) throw this.#broken(line);
        return words;
      }
      if (this.#ended !== undefined) throw this.#ended;
      if (performance.now() >= endMs) {
        // A late answer would be taken for that to the next question.
        this.#end(new NutError('TIMEOUT', 'no answer'));
        continue;
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.ceil(endMs - performance.now()));
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  #broken(what: string): NutError {
    const error = new NutError('PROTOCOL', what.slice(0, 80));
    this.#end(error);
    return error;
  }

  #listen(socket: Socket): void {
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      const lines = (this.#received + chunk).split('\n');
      this.#received = lines.pop() ?? '';
      this.#lines.push(...lines.map((line) => line.replace(/\r$/, '')));
      if (this.#received.length > lineCharsMax || this.#lines.length > 2 * answerLinesMax)
        this.#broken('the answer never ends');
      this.#wake?.();
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      this.#end(new NutError(error.code ?? 'ERROR', error.message)),
    );
    socket.on('close', () => this.#end(new NutError('ECONNRESET', 'upsd closed the connection')));
  }

  async #encrypt({ host, ca }: NutServer): Promise<void> {
    await this.#ask('STARTTLS');
    // Words that came with the answer were not encrypted: somebody else may have put them there.
    if (this.#lines.length > 0 || this.#received !== '') throw this.#broken('words behind STARTTLS');
    const plain = this.#socket;
    plain.removeAllListeners('data');
    const secure = connectTls({
      socket: plain,
      host,
      servername: /^[\d.]+$|:/.test(host) ? '' : host,
      ...(ca === undefined ? {} : { ca, checkServerIdentity: () => undefined }),
    });
    this.#socket = secure;
    this.#listen(secure);
    await this.#until('secureConnect', secure);
  }

  #until(event: 'connect' | 'secureConnect', socket: Socket): Promise<void> {
    return new Promise((resolve, reject) => {
      const overdue = setTimeout(() => {
        this.#end(new NutError('TIMEOUT', 'no connection in time'));
      }, this.#timeoutMs);
      this.#wake = () => {
        if (this.#ended === undefined) return;
        clearTimeout(overdue);
        reject(this.#ended);
      };
      socket.once(event, () => {
        clearTimeout(overdue);
        resolve();
      });
    });
  }

  #end(error: NutError): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    this.#socket.destroySoon();
    this.#wake?.();
  }
}
