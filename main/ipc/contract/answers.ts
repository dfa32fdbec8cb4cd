/** How the answer to a request travels, before the preload script makes a value or an error of it. */
export type RequestAnswer =
  { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly message: string };
