import { StringDecoder } from 'node:string_decoder';

/** Splits a stream at LF, CRLF and CR. */
export class LineSplitter {
  private readonly decoder = new StringDecoder('utf8');
  private readonly onLine: (line: string) => void;
  private rest = '';

  constructor(onLine: (line: string) => void) {
    this.onLine = onLine;
  }

  push(chunk: Buffer): void {
    // The CR may be the first half of a CRLF.
    const lines = (this.rest + this.decoder.write(chunk)).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.onLine(line);
  }

  end(): void {
    const last = (this.rest + this.decoder.end()).replace(/\r$/, '');
    if (last !== '' || this.rest !== '') this.onLine(last);
    this.rest = '';
  }
}
