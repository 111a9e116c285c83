/**
 * Keeps the native Opus library mapped for the life of the process. Its threads leave destructors behind that point into it:
 * when the only thread that loaded it ends (a recorder that died, an orderly stop), the library is unmapped and the process
 * dies of a segmentation fault. Loaded on the main thread as well, it stays. Nothing is encoded here.
 */
import { createRequire } from 'node:module';

/** False where there is no native build: the WebAssembly one needs no keeping. */
export function keepOpusLoaded(): boolean {
  try {
    createRequire(import.meta.url)('@evan/opus');
    return true;
  } catch {
    return false;
  }
}
