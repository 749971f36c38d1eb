import { kiloAnnotations } from '../../kilo/annotations.ts';
import type { KiloAnnotation } from '../../kilo/annotations.ts';
import { annotateNode, removeAnnotation } from '../../kubectl.ts';
import { nameIn, quoted, warningEntry } from '../entry.ts';

/** Of annotations that people write: an example of a value. `kg` writes the others. */
const examples: Partial<Readonly<Record<KiloAnnotation, string>>> = {
  'force-endpoint': 'PUBLIC_ADDRESS:51820',
  'force-internal-ip': '192.168.20.1/32',
  'persistent-keepalive': '25',
  'allowed-location-ips': '192.168.178.0/24',
};

/** What can be said of Kilo's annotations, one by one. */
export const annotationEntries = {
  'annotation-without-mask': warningEntry(
    'An address in an annotation of Kilo has no length behind it, so Kilo silently ignores it.',
    (subject, name: KiloAnnotation, written: string, mended: string) => ({
      message: `${kiloAnnotations[name]} of ${nameIn(subject)} is ${quoted(written)} without a length, which Kilo silently ignores.`,
      hint:
        examples[name] === undefined
          ? anew(subject, name)
          : `Write the length: ${annotateNode(nameIn(subject), kiloAnnotations[name], mended)}`,
    }),
  ),
  'annotation-blank': warningEntry(
    'A blank in an annotation of Kilo makes it ignore the address beside it.',
    (subject, name: KiloAnnotation, written: string, mended: string) => ({
      message: `${kiloAnnotations[name]} of ${nameIn(subject)} has a blank in ${quoted(written)}, which Kilo therefore silently ignores.`,
      hint: `Leave it out: ${annotateNode(nameIn(subject), kiloAnnotations[name], mended)}`,
    }),
  ),
  'annotation-invalid': warningEntry(
    'An annotation of Kilo is not what it should be, so Kilo silently ignores it.',
    (subject, name: KiloAnnotation, written: string) => {
      const example = examples[name];
      const full = kiloAnnotations[name];
      return {
        message: `${full} of ${nameIn(subject)} is ${quoted(written)}, which Kilo silently ignores.`,
        hint:
          example === undefined
            ? anew(subject, name)
            : `Write it like this: ${annotateNode(nameIn(subject), full, example)}`,
      };
    },
  ),
};

/** For what `kg` writes. */
function anew(subject: string, name: KiloAnnotation): string {
  return `Let kg write it anew: ${removeAnnotation(nameIn(subject), kiloAnnotations[name])}`;
}
