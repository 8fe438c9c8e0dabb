import { StringDecoder } from 'node:string_decoder';

/** Cuts a stream of bytes into lines; LF, CRLF and a lone CR end one. */
export class LineSplitter {
  private readonly decoder = new StringDecoder('utf8');
  private readonly onLine: (line: string) => void;
  private rest = '';

  constructor(onLine: (line: string) => void) {
    this.onLine = onLine;
  }

  push(chunk: Buffer): void {
    // A CR at the very end may be the first half of a CRLF, so it waits for what comes next.
    const lines = (this.rest + this.decoder.write(chunk)).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.onLine(line);
  }

  /** Hands over what stands behind the last line's end. */
  end(): void {
    const last = (this.rest + this.decoder.end()).replace(/\r$/, '');
    if (last !== '' || this.rest !== '') this.onLine(last);
    this.rest = '';
  }
}
