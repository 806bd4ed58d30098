import { clip, text } from './clip.js';

interface Brand {
  brand: string;
  version: string;
}

/** User-Agent client hints (WICG UA-CH, section 4), where the browser has them. */
export interface ClientHints {
  brands?: Brand[] | undefined;
  fullVersionList?: Brand[] | undefined;
  platform?: string | undefined;
  platformVersion?: string | undefined;
  architecture?: string | undefined;
  bitness?: string | undefined;
  model?: string | undefined;
  mobile?: boolean | undefined;
  wow64?: boolean | undefined;
}

interface UserAgentData extends ClientHints {
  getHighEntropyValues(names: string[]): Promise<ClientHints>;
}

const detailed = ['architecture', 'bitness', 'fullVersionList', 'model', 'platform', 'platformVersion', 'wow64'];

/** Only Chromium's browsers have it, and only on secure pages. */
export function userAgentData(): UserAgentData | undefined {
  return (navigator as Navigator & { userAgentData?: UserAgentData }).userAgentData;
}

/** What the browser says at once, with the details that it was asked for where they came. */
export function clientHints(details: ClientHints | undefined): ClientHints | undefined {
  const data = userAgentData();
  return (
    data && {
      brands: brands(data.brands),
      fullVersionList: brands(details?.fullVersionList),
      platform: text(data.platform),
      platformVersion: text(details?.platformVersion),
      architecture: text(details?.architecture),
      bitness: text(details?.bitness),
      model: text(details?.model),
      mobile: data.mobile,
      wow64: details?.wow64,
    }
  );
}

export async function hintDetails(): Promise<ClientHints | undefined> {
  return userAgentData()?.getHighEntropyValues(detailed);
}

function brands(list: readonly Brand[] | undefined): Brand[] | undefined {
  return list?.slice(0, 8).map(({ brand, version }) => ({ brand: clip(brand), version: clip(version) }));
}
