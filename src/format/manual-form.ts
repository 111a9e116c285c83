/**
 * The blank form on which a call is written by hand while the computers are away: one a page, every field an emergency centre needs,
 * labels in both languages. As a page for a browser and as PDF for a printer; in the PDF the Chinese font is the printer's or the
 * viewer's own (a standard CID font, not embedded): where there is none, English and the number still stand.
 */
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';

/** Width in shares of a line; `rows`: lines to write on. */
const fields: readonly { readonly label: Text; readonly half?: boolean; readonly rows: number }[] = [
  { label: text('日期', 'Date'), half: true, rows: 1 },
  { label: text('时间', 'Time'), half: true, rows: 1 },
  { label: text('线路', 'Line'), half: true, rows: 1 },
  { label: text('来电号码', 'Caller number'), half: true, rows: 1 },
  { label: text('姓名', 'Name'), rows: 1 },
  { label: text('地址', 'Address'), rows: 2 },
  { label: text('事由', 'What happened'), rows: 5 },
  { label: text('处置', 'Action taken'), rows: 4 },
  { label: text('须回电（是/否，号码，何时）', 'Call-back owed (yes/no, number, when)'), rows: 1 },
  { label: text('记录人', 'Taken by'), half: true, rows: 1 },
  { label: text('补录人与时间', 'Entered again by, at'), half: true, rows: 1 },
];
const title = text('来电登记表', 'Call record');

/** `gz-120-20261125-0042`: the room, the day of issue and a serial that is never used twice. */
export const formNumber = (room: string, day: string, serial: number): string =>
  `${room}-${day}-${String(serial).padStart(4, '0')}`;

export const formStyle = `@page { size: A4; margin: 15mm }
body { font: 12pt sans-serif; margin: 0 }
section { break-after: page; padding: 4mm }
section:last-child { break-after: auto }
h1 { font-size: 18pt; display: flex; justify-content: space-between; margin: 0 0 4mm }
dl { display: flex; flex-wrap: wrap; margin: 0; border: 1px solid #000 }
dl div { box-sizing: border-box; width: 100%; border: 1px solid #000; padding: 1mm 2mm }
dl .half { width: 50% }
dt { font-size: 9pt }
dd { margin: 0 }
.rows1 { height: 9mm } .rows2 { height: 18mm } .rows4 { height: 36mm } .rows5 { height: 45mm }
`;

const escaped = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export function formsPage(roomName: Text, numbers: readonly string[]): string {
  const rows = fields
    .map(
      ({ label, half = false, rows }) =>
        `<div${half ? ' class="half"' : ''}><dt>${label.zh} ${label.en}</dt><dd class="rows${rows}"></dd></div>`,
    )
    .join('');
  const name = roomName.zh === roomName.en ? roomName.zh : `${roomName.zh} ${roomName.en}`;
  const forms = numbers.map(
    (number) =>
      `<section><h1><span>${title.zh} ${title.en}</span><span>${escaped(number)}</span></h1><p>${escaped(name)}</p><dl>${rows}</dl></section>`,
  );
  return `<!doctype html>\n<html lang="zh"><meta charset="utf-8"><title>${title.zh} ${title.en}</title><link rel="stylesheet" href="/forms.css">\n${forms.join('\n')}\n</html>\n`;
}

// ---- PDF (ISO 32000-1), in points ---------------------------------------------------------------------------------

const page = { width: 595, height: 842, margin: 42 } as const;
const rowPoints = 26;
const labelPoints = 14;

/** ASCII only, so that positions in characters are positions in bytes. */
export function formsPdf(numbers: readonly string[]): string {
  const fontObject = 3;
  const firstPage = 7;
  const pages = numbers.map((_, n) => firstPage + 2 * n);
  const objects: string[] = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${pages.map((one) => `${one} 0 R`).join(' ')}] /Count ${pages.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    '<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [5 0 R] >>',
    '<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 /FontDescriptor 6 0 R >>',
    '<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>',
  ];
  for (const [n, number] of numbers.entries()) {
    const content = drawn(number);
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${page.width} ${page.height}] /Contents ${firstPage + 2 * n + 1} 0 R ` +
        `/Resources << /Font << /L ${fontObject} 0 R /C 4 0 R >> >> >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    );
  }
  let file = '%PDF-1.4\n';
  const places: number[] = [];
  for (const [n, object] of objects.entries()) {
    places.push(file.length);
    file += `${n + 1} 0 obj\n${object}\nendobj\n`;
  }
  const rows = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`;
  return `${file}${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
}

function drawn(number: string): string {
  const parts: string[] = ['0.5 w'];
  const inner = page.width - 2 * page.margin;
  let y = page.height - page.margin - 20;
  parts.push(
    ...labelled(title, page.margin, y, 16),
    latin(number, page.width - page.margin - 8 * number.length, y, 14),
  );
  y -= 14;
  let isRight = false;
  for (const { label, half = false, rows } of fields) {
    const height = labelPoints + rows * rowPoints;
    const width = half ? inner / 2 : inner;
    const x = page.margin + (half && isRight ? inner / 2 : 0);
    parts.push(`${x} ${y - height} ${width} ${height} re S`, ...labelled(label, x + 4, y - 11, 9));
    if (half && !isRight) isRight = true;
    else {
      isRight = false;
      y -= height;
    }
  }
  return parts.join('\n');
}

const labelled = ({ zh, en }: Text, x: number, y: number, size: number): readonly string[] => [
  chinese(zh, x, y, size),
  latin(en, x + size * zh.length + size / 2, y, size),
];
const latin = (words: string, x: number, y: number, size: number): string =>
  `BT /L ${size} Tf ${x} ${y} Td (${words.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll(/[\\()]/g, (sign) => `\\${sign}`)}) Tj ET`;
const chinese = (words: string, x: number, y: number, size: number): string => {
  const hex = Array.from({ length: words.length }, (_, n) =>
    words.charCodeAt(n).toString(16).padStart(4, '0'),
  );
  return `BT /C ${size} Tf ${x} ${y} Td <${hex.join('')}> Tj ET`;
};
