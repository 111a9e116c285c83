/**
 * Files of the data folder, as recorder and archive use them.
 *
 * Contract: paths are absolute. Nothing here throws synchronously; what fails rejects with an error whose `code` is that of
 * the system (`ENOSPC`, `EROFS`, …). `rename` and `makeFolder` are on disk when they resolve (the folders are synced);
 * the bytes of a file are only after its `sync`. Writing over the end of a file extends it; a `write` that rejects may have
 * written a part, and may be repeated at the same position.
 */
export interface Disk {
  makeFolder(path: string): Promise<void>;
  /** Names in a folder; none when it does not exist. */
  list(folder: string): Promise<readonly string[]>;
  read(path: string): Promise<Uint8Array>;
  /** Makes an empty file for writing; rejects with `EEXIST` when there is one. */
  create(path: string): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  /** It is no mistake when it does not exist. */
  remove(path: string): Promise<void>;
}

export interface DiskFile {
  write(bytes: Uint8Array, position: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}
