/** JsBarcode's encoder alone: its renderers write style attributes, which the page's policy forbids. */
declare module 'jsbarcode/bin/barcodes/CODE128/CODE128_AUTO.js' {
  export default class CODE128 {
    constructor(text: string, options: { readonly text: string });
    /** One character for each module, `1` for a bar. */
    encode(): { readonly data: string };
  }
}
