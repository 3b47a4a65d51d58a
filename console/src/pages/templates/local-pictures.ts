/** Pictures that were uploaded from this page, by the URL that WeChat Pay gave them: shown before WeChat Pay can deliver them. */
const pictures = new Map<string, string>();

export const rememberPicture = (url: string, data: string): void => {
  pictures.set(url, data);
};

export const localPicture = (url: string): string => pictures.get(url) ?? url;

/** Reads a chosen file; `undefined` if it cannot be shown. */
export const readPicture = (
  file: File,
): Promise<{ readonly data: string; readonly width: number; readonly height: number } | undefined> =>
  new Promise((resolve) => {
    const reader = new FileReader();
    reader.onerror = () => {
      resolve(undefined);
    };
    reader.onload = () => {
      const data = typeof reader.result === 'string' ? reader.result : '';
      const image = new Image();
      image.onload = () => {
        resolve({ data, width: image.naturalWidth, height: image.naturalHeight });
      };
      image.onerror = () => {
        resolve(undefined);
      };
      image.src = data;
    };
    reader.readAsDataURL(file);
  });
