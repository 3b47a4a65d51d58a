import { randomBytes } from 'node:crypto';
import { bulkKinds } from '../bulk/files/kinds';
import { templateFile, templateFormats } from '../bulk/files/write/template-file';
import { namedRefusal } from '../graphql/refusals/upstream-user-errors';
import type { CallerHandler } from '../server/http/authenticate';
import { createFileDownload } from '../server/routes/file-download';
import { AppError } from '../shared/errors';
import type { BulkRoutesDeps } from './bulk-routes';

/**
 * Handles `GET /bulk/templates/<kind>.csv` and `….xlsx`: the file to fill in for a kind of operation, with headers in the language of
 * the request. It has no data of anybody, so every caller may have it, and it needs no database.
 */
export const createBulkTemplatesRoute = ({ report }: Pick<BulkRoutesDeps, 'report'>): CallerHandler => {
  const download = createFileDownload({
    nameRefusal: namedRefusal,
    newErrorId: () => randomBytes(8).toString('hex'),
    report,
  });
  return (request, response, { permissions }) =>
    download(request, response, {
      permissions,
      async open({ target, language }) {
        const [, name, extension] = /\/([^/]*)\.([^./]*)$/.exec(target.pathname) ?? [];
        const kind = bulkKinds.find((one) => one === name);
        const format = templateFormats.find((one) => one === extension);
        if (kind === undefined || format === undefined) throw unknownTemplate();
        const { bytes, ...file } = await templateFile(kind, format, language);
        return { ...file, chunks: [bytes] };
      },
    });
};

const unknownTemplate = (): AppError =>
  new AppError('NOT_FOUND', 'a template of a kind or a format that does not exist', {
    publicMessage: [
      `There is a template for each of ${bulkKinds.join(', ')}, as ${templateFormats.join(' or ')}, e.g. /bulk/templates/IMPORT_BY_PHONE.xlsx.`,
      `可下载的模板为 ${bulkKinds.join('、')}，格式为 ${templateFormats.join(' 或 ')}，如 /bulk/templates/IMPORT_BY_PHONE.xlsx。`,
    ],
  });
