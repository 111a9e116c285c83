/** Runs a command in this process: its exit code and what it wrote. Nothing else may write meanwhile. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function said(
  command: (args: readonly string[]) => Promise<number>,
  ...args: readonly string[]
): Promise<Said> {
  const streams = { stdout: '', stderr: '' };
  const restore = (['stdout', 'stderr'] as const).map((name) => {
    const stream = process[name];
    const write = stream.write.bind(stream);
    stream.write = (chunk: string | Uint8Array): boolean => {
      streams[name] += String(chunk);
      return true;
    };
    return () => (stream.write = write);
  });
  try {
    const code = await command(args);
    return { code, out: streams.stdout, err: streams.stderr };
  } finally {
    for (const undo of restore) undo();
  }
}
