import { FileError } from '../../../src/bulk/files/problem';
import { gb18030 } from '../../support/gb18030';
import { mutateBytes } from '../../support/mutate-bytes';
import { createRandom, seedFromEnvironment } from '../../support/random';
import { readTable, workbookOf } from '../../support/table-files';

const planted = '13799990001';
const text = `手机号,会员卡号,备注\r\n${planted},"A""1",王\r\n${planted},'2,\r\n`.repeat(3);

describe('300 broken files', () => {
  const seed = seedFromEnvironment();

  it(`are read, or refused with a rule and without a cell (SEED=${seed})`, async () => {
    const random = createRandom(seed);
    const samples = [
      Buffer.from(text),
      gb18030(text),
      Buffer.from(`\ufeff${text}`, 'utf16le'),
      Buffer.from(`${JSON.stringify({ phone: planted, ok: true })}\n`.repeat(5)),
      await workbookOf({
        strings: `<si><t>手机号</t></si><si><t>${planted}</t></si>`,
        styles: '<cellXfs><xf numFmtId="14"/></cellXfs>',
        sheet:
          '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" s="0"><v>46352</v></c></row>',
      }),
    ];
    for (let time = 0; time < 300; time += 1) {
      const bytes = mutateBytes(random.pick(samples), random);
      const chunk = random.pick([7, 64, 100_000]);
      const error: unknown = await readTable(bytes, { chunk }).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (error === undefined) continue;
      expect(error).toBeInstanceOf(FileError);
      const { message, stack } = error as FileError;
      expect(JSON.stringify([error, message, stack])).not.toContain(planted);
    }
  });

  it('as parts of a workbook are read or refused too', async () => {
    const random = createRandom(seed);
    const sheet = `<row r="1"><c r="A1" t="inlineStr"><is><t>手机号</t></is></c></row><row r="2"><c r="A2" s="0"><v>${planted}</v></c></row>`;
    for (let time = 0; time < 150; time += 1) {
      const broken = mutateBytes(Buffer.from(sheet), random).toString();
      const bytes = await workbookOf(
        time % 2 === 0 ? { sheet: broken } : { sheet, styles: broken, strings: broken },
      );
      const error: unknown = await readTable(bytes).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (error !== undefined) expect(error).toBeInstanceOf(FileError);
    }
  });
});
