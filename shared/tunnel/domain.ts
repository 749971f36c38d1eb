/** Characters of a whole name. @see RFC 1035 section 2.3.4 */
const longestName = 253;

/**
 * One label. None begins with a hyphen: there is no such host (RFC 1123 section 2.1), and a program that is given one for a name
 * would take it for an option.
 */
const label = '[A-Za-z0-9_][A-Za-z0-9_-]{0,62}';

const domainShape = new RegExp(`^${label}(\\.${label})*$`);
const searchDomainShape = new RegExp(`^~?(\\.|${label}(\\.${label})*\\.?)$`);

/**
 * A domain as it is compared: in lower case, without the dot at its end and without the `~` that systemd writes before it; null
 * where the text is none. The root, which stands for all names, is none: leaving the domains out says that.
 */
export function readDomain(text: string): string | null {
  const domain = text
    .toLowerCase()
    .replace(/^~?\.?/, '')
    .replace(/\.$/, '');
  return domain.length <= longestName && domainShape.test(domain) ? domain : null;
}

/** Whether a text is a domain as resolv.conf and systemd-resolved take it: `~` before it makes it a routing domain, `~.` is every name. */
export function isSearchDomain(text: string): boolean {
  return text.length <= longestName && searchDomainShape.test(text);
}
