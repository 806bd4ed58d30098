import type { Words } from './words.js';

export const german: Words = {
  title: 'Geräteprüfung',
  tryAgain: 'Noch einmal versuchen',
  goOn: 'Weiter',

  checking: {
    title: 'Dieses Gerät wird geprüft …',
    text: ['Die Anwendung lässt nur Browser ein, die sie kennt. Das dauert einen Augenblick.'],
  },
  returning: {
    title: 'Dieser Browser ist bekannt',
    text: ['Es geht zurück zur Anwendung.'],
  },
  stuck: {
    title: 'Die Anwendung fragt immer wieder',
    text: ['Dieser Browser wurde geprüft und ist bekannt, aber die Anwendung lässt ihn nicht ein.'],
    cookies: 'Meist sind Cookies für diese Seite abgeschaltet: Bitte erlauben Sie sie, und gehen Sie dann weiter. Sonst verlangt die Anwendung mehr, als dieser Browser jetzt zeigen kann; der Support weiß, was.',
    support: 'Wenn das so bleibt, nachdem Sie weitergegangen sind, fragen Sie bitte den Support der Anwendung.',
  },
  moment: 'Das dauert einen Augenblick.',
  because: {
    pass_expired: 'Die letzte Prüfung dieses Browsers gilt nicht mehr, oder sie liegt für diese Seite zu lange zurück.',
    risk_too_high: 'Bei der letzten Prüfung oder Anmeldung mit diesem Browser war mehr ungewöhnlich, als diese Seite erlaubt.',
    user_mismatch: 'Die letzte Prüfung dieses Browsers galt jemand anderem als der Person, die angemeldet ist.',
    unknown_device: 'Dieser Browser ist nicht mehr so angemeldet wie bei seiner letzten Prüfung.',
    device_pending: 'Dieser Browser wartete noch auf Freigabe.',
    not_trusted: 'Diese Seite öffnet sich nur in Browsern, denen Sie vertrauen.',
    trust_expired: 'Diese Seite öffnet sich nur in Browsern, denen Sie vertrauen, und Ihr Vertrauen in diesen ist abgelaufen.',
    trust_idle: 'Diese Seite öffnet sich nur in Browsern, denen Sie vertrauen. Dieser wurde so lange nicht benutzt, dass Ihr Vertrauen in ihn abgelaufen ist.',
    trust_revoked: 'Diese Seite öffnet sich nur in Browsern, denen Sie vertrauen, und das Vertrauen in diesen wurde zurückgenommen.',
    trust_paused: 'Diese Seite öffnet sich nur in Browsern, denen Sie vertrauen, und das Vertrauen in diesen ruht.',
  },

  register: {
    title: 'Diesen Browser anmelden',
    text: ['Die Anwendung kennt diesen Browser noch nicht. Melden Sie ihn nur an, wenn niemand sonst ihn benutzt.'],
    name: 'Name dieses Geräts',
    hint: 'So, wie Sie ihn in einer Liste suchen würden, etwa „Mein Laptop im Büro“. Das Feld darf leer bleiben.',
    submit: 'Diesen Browser anmelden',
    working: 'Wird angemeldet …',
  },
  limit: {
    title: 'Sie haben zu viele Geräte',
    text: ['Wählen Sie eines, das Platz macht. Es wird endgültig abgemeldet.'],
    legend: 'Geräte, die Platz machen können',
    lastUsed: (date) => `zuletzt benutzt am ${date}`,
    neverUsed: 'noch nicht benutzt',
    submit: 'Durch diesen Browser ersetzen',
    full: 'Entfernen Sie auf einem angemeldeten Gerät eines, das Sie nicht mehr brauchen, und versuchen Sie es noch einmal.',
  },
  unregistered: {
    title: 'Dieser Browser ist nicht angemeldet',
    text: [
      'Die Anwendung lässt nur Browser ein, die sie kennt, und dieser gehört nicht dazu.',
      'Melden Sie sich wie gewohnt auf einer Seite an, die Ihnen offensteht, oder fragen Sie den Support, wie ein Browser angemeldet wird.',
    ],
  },
  pending: {
    title: 'Dieser Browser wartet auf Freigabe',
    text: ['Er ist angemeldet. Bevor die Anwendung sich öffnet, muss ihn jemand freigeben: Sie auf einem vertrauten Gerät oder der Support.'],
  },

  blocked: {
    title: 'Dieser Browser darf die Anwendung nicht öffnen',
    text: ['Er wurde gesperrt, oder an der Anfrage ist zu viel anders als sonst. Wenn Sie das für einen Irrtum halten, fragen Sie bitte den Support der Anwendung.'],
  },
  untrusted: {
    title: 'Diesem Browser wird nicht vertraut',
    text: [
      'Die Anwendung kennt ihn, öffnet sich aber nur auf Geräten, denen Sie vertrauen.',
      'Vertrauen Sie ihm bei der Anmeldung oder in der Liste Ihrer Geräte, und versuchen Sie es dann noch einmal.',
    ],
  },
  risky: {
    title: 'Etwas ist ungewöhnlich',
    text: ['Die Anwendung kennt diesen Browser, aber an der Anfrage ist etwas anders als sonst. Bitte versuchen Sie es noch einmal, oder fragen Sie den Support der Anwendung.'],
  },

  insecure: {
    title: 'Diese Verbindung ist nicht sicher',
    text: ['Ein Schlüssel kann nur auf einer Seite benutzt werden, die über https kam. Bitte öffnen Sie die Anwendung unter einer Adresse, die mit https:// beginnt.'],
  },
  noStorage: {
    title: 'Dieser Browser kann keinen Schlüssel aufbewahren',
    text: ['Vielleicht ist dies ein privates Fenster, oder das Speichern von Websitedaten ist abgeschaltet. Bitte nehmen Sie ein normales Fenster, oder erlauben Sie dieser Seite, Daten zu speichern.'],
  },
  signedOut: {
    title: 'Bitte melden Sie sich neu an',
    text: ['Ihre Anmeldung ist abgelaufen, daher wurde dieser Browser nicht angemeldet. Gehen Sie weiter, um sich in der Anwendung anzumelden.'],
  },
  unreachable: {
    title: 'Das ließ sich nicht prüfen',
    text: ['Die Geräteprüfung ist gerade nicht erreichbar. An diesem Browser liegt es nicht.'],
  },
  misled: {
    title: 'Diese Adresse ist nicht vollständig',
    text: ['Sie sagt nicht, um welche Anwendung es geht. Bitte öffnen Sie die Anwendung selbst.'],
  },
  refused: {
    title: 'Die Geräteprüfung ist nicht richtig eingerichtet',
    text: ['Darum muss sich jemand kümmern, der die Anwendung betreibt. Der Dienst sagt:'],
  },
};
