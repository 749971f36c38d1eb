const timeOfDay: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
const dayAndTime: Intl.DateTimeFormatOptions = { ...timeOfDay, month: 'short', day: 'numeric' };

/**
 * A moment in the reader's own zone and customs: the time of day, and the day where it is not today.
 *
 * @param at milliseconds since 1970
 * @param now the same
 */
export function formatMoment(at: number, now: number): string {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date(now).toDateString();
  return new Intl.DateTimeFormat(undefined, isToday ? timeOfDay : dayAndTime).format(date);
}
