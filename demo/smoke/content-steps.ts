import { expect, SAM, type Step } from './stage.js';

const PHOTO = { name: 'lamp.jpg', size: 48_211, mimeType: 'image/jpeg' };

export const contentSteps: readonly Step[] = [
  {
    name: 'Sam gets a form to upload a photo with; a file of a type that is not allowed gets none, a stranger neither',
    async run({ sam, tomas, chat }) {
      const upload = await sam.send('upload:create', { chatId: chat.id, ...PHOTO });
      expect(upload.fields['Content-Type'] === PHOTO.mimeType, 'the form is for another type');
      expect(upload.fileUrl.endsWith('/lamp.jpg'), `the file would be at ${upload.fileUrl}`);
      const page = { chatId: chat.id, ...PHOTO, mimeType: 'text/html' };
      await sam.sendInVain('upload:create', page, 'ATTACHMENT_REFUSED');
      await tomas.sendInVain('upload:create', { chatId: chat.id, ...PHOTO }, 'CHAT_NOT_FOUND');
    },
  },
  {
    name: 'Sam shows a photo, with no word to it; from a host that is not allowed it does not come through',
    async run({ anna, sam, chat }) {
      const photo = { ...PHOTO, url: 'https://files.example/lamp.jpg' };
      const sent = await sam.send('message:send', { chatId: chat.id, text: '', attachments: [photo] });
      expect(sent.type === 'image', `the photo is a message of type ${sent.type}`);
      const shown = await anna.hears('message:new', ({ id }) => id === sent.id);
      expect(shown.attachments[0]?.url === photo.url, 'the photo was not shown');
      await sam.hears('message:new', ({ id }) => id === sent.id);
      const script = { ...PHOTO, url: 'javascript:alert(1)' };
      await sam.sendInVain('message:send', { chatId: chat.id, text: '', attachments: [script] }, 'ATTACHMENT_REFUSED');
    },
  },
  {
    name: 'Anna answers the photo, and whoever has lost sight of it can ask for it',
    async run({ anna, sam, chat }) {
      const { messages } = await anna.send('chat:history', { chatId: chat.id, limit: 1 });
      const photo = messages[0];
      expect(photo?.type === 'image', 'the photo is not the last message');
      const reply = await anna.send('message:send', { chatId: chat.id, text: 'I take it', replyTo: photo.id });
      for (const member of [anna, sam]) {
        const heard = await member.hears('message:new', ({ id }) => id === reply.id);
        expect(heard.replyTo === photo.id, 'the reply does not say what it answers');
      }
      const asked = await sam.send('message:get', { chatId: chat.id, messageId: photo.id });
      expect(JSON.stringify(asked) === JSON.stringify(photo), 'the photo is another one when it is asked for');
    },
  },
  {
    name: 'Sam likes that, twice, and takes it back; Anna sees it once each',
    async run({ anna, sam, chat }) {
      const { messages } = await sam.send('chat:history', { chatId: chat.id, limit: 1 });
      const messageId = messages[0]?.id ?? '';
      const like = { chatId: chat.id, messageId, emoji: '❤️' };
      const liked = await sam.send('message:react', like);
      expect(liked.reactions[0]?.userIds.join() === String(SAM), 'the reaction is not there');
      await sam.send('message:react', { ...like, emoji: '❤' });
      const { reactions } = await sam.send('message:unreact', like);
      expect(reactions.length === 0, 'the reaction is still there');
      for (const member of [anna, sam]) {
        await member.hears('message:reaction', ({ userId, added }) => userId === SAM && added);
        await member.hears('message:reaction', ({ userId, added }) => userId === SAM && !added);
        expect(member.unheard('message:reaction') === 0, 'a reaction was shown twice');
      }
      await sam.sendInVain('message:react', { ...like, emoji: 'nice' }, 'VALIDATION_FAILED');
    },
  },
];
