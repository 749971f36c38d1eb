import { nameIn, warningEntry } from '../entry.ts';

/** What can be said of objects of any kind, and of lists of them. */
export const objectEntries = {
  'list-refused': warningEntry(
    'A list of objects could not be read; what it would have told is missing.',
    (_, list: string, reason: string) => ({
      message: `The ${list} could not be read: ${reason}`,
      hint: `Ask whoever runs the cluster whether you may: kubectl auth can-i list ${list}`,
    }),
  ),
  'object-nameless': warningEntry('An object without a name was passed over.', (subject) => ({
    message: `${subject} is no object with a name, and was passed over.`,
    hint: 'Save the list again with kubectl and "-o json", and leave it as it is.',
  })),
  'object-repeated': warningEntry(
    'Two objects of one kind have the same name; the first was taken.',
    (subject) => ({
      message: `${subject} is there more than once; the first was taken.`,
      hint: 'Give every list once: two that were saved at different times contradict each other.',
    }),
  ),
  'field-malformed': warningEntry(
    'A field of an object is of another type than Kubernetes has it, and was passed over.',
    (subject, path: string, wanted: string) => ({
      message: `${path} of ${nameIn(subject)} should be ${wanted}, and was passed over.`,
      hint: 'An API server would have refused it: save the list again with kubectl and "-o json".',
    }),
  ),
};
