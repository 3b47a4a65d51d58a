import CODE128 from 'jsbarcode/bin/barcodes/CODE128/CODE128_AUTO.js';
import { QRCode } from 'tdesign-react/es/qrcode';
import type { CodeTypeOrUnknown } from '../api/documents';

interface CardCodeProps {
  readonly code: string;
  readonly codeType: CodeTypeOrUnknown | null | undefined;
  /** For readers who cannot see it. */
  readonly label: string;
}

/** The code of a card as the cashier's scanner reads it. Always black on white. */
export const CardCode = ({ code, codeType, label }: CardCodeProps) => {
  if (codeType === 'NONE_CODE' || codeType === 'JUMP_MINI_PROGRAM') return null;
  const hasBar = codeType === 'BAR_CODE' || codeType === 'BAR_CODE_AND_QR_CODE';
  return (
    <div className="card-code" role="img" aria-label={label}>
      {hasBar && <BarCode text={code} />}
      {codeType !== 'BAR_CODE' && (
        // Its own svg says that it is a picture, and has no name.
        <div aria-hidden>
          <QRCode value={code} size={148} borderless type="svg" color="#000000" bgColor="#ffffff" />
        </div>
      )}
    </div>
  );
};

const height = 64;
/** Without it scanners do not find the first bar. Modules. */
const quiet = 10;

const BarCode = ({ text }: { readonly text: string }) => {
  const bars = new CODE128(text, { text }).encode().data;
  return (
    <svg
      className="card-code__bars"
      viewBox={`0 0 ${bars.length + 2 * quiet} ${height}`}
      preserveAspectRatio="none"
      aria-hidden
    >
      <path
        d={[...bars.matchAll(/1+/g)]
          .map(({ 0: bar, index }) => `M${quiet + index} 0h${bar.length}v${height}h-${bar.length}z`)
          .join('')}
      />
    </svg>
  );
};
