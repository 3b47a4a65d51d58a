import { useState } from 'react';
import './card-face.css';

interface CardFaceProps {
  readonly brandName: string;
  readonly title: string;
  readonly level?: string | null | undefined;
  /** RGB in hexadecimal, e.g. `#6F4E37`. */
  readonly color?: string | null | undefined;
  readonly pictureUrl?: string | null | undefined;
  /** Below the title, e.g. the validity. */
  readonly note?: string | undefined;
  /** The card has ended: it is drawn without colour. */
  readonly hasEnded?: boolean;
}

const defaultColor = '#3b5149';

/** Whether white or black text is read better on a colour, by its relative luminance. */
const isLight = (color: string): boolean => {
  const [, r = '0', g = '0', b = '0'] = /^#(..)(..)(..)$/.exec(color) ?? [];
  const [red, green, blue] = [r, g, b].map((part) => (parseInt(part, 16) / 255) ** 2.2) as [
    number,
    number,
    number,
  ];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.4;
};

/** The face of a member card as WeChat shows it: the picture on the colour, or the colour alone. */
export const CardFace = ({ brandName, title, level, color, pictureUrl, note, hasEnded }: CardFaceProps) => {
  const [failedUrl, setFailedUrl] = useState<string>();
  const ground = /^#[0-9a-f]{6}$/i.test(color ?? '') ? (color ?? defaultColor) : defaultColor;
  const hasPicture = typeof pictureUrl === 'string' && pictureUrl !== '' && pictureUrl !== failedUrl;
  const classes = [
    'card-face',
    isLight(ground) && !hasPicture ? 'card-face--light' : '',
    hasPicture ? 'card-face--picture' : '',
    hasEnded === true ? 'card-face--ended' : '',
  ];
  return (
    <div className={classes.filter(Boolean).join(' ')} style={{ backgroundColor: ground }}>
      {hasPicture && (
        <img
          className="card-face__picture"
          src={pictureUrl}
          alt=""
          onError={() => {
            setFailedUrl(pictureUrl);
          }}
        />
      )}
      <div className="card-face__text">
        <p className="card-face__brand">{brandName}</p>
        <p className="card-face__title">{title}</p>
        <p className="card-face__foot">
          {typeof level === 'string' && level !== '' && <span className="card-face__level">{level}</span>}
          {note !== undefined && <span className="card-face__note">{note}</span>}
        </p>
      </div>
    </div>
  );
};
