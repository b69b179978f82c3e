// A mail server on a free port. Prints {"port"} first, then each mail that it took over as one line of JSON.
// Arguments: "tls" offers STARTTLS (with a certificate that nobody trusts), "login" demands the user "platform" with the password "mail-secret".
// Recipients at refused.example are refused.
const { SMTPServer } = require("smtp-server");
const { simpleParser } = require("mailparser");

const print = (value) => process.stdout.write(JSON.stringify(value) + "\n");
const login = process.argv.includes("login");

const server = new SMTPServer({
  hideSTARTTLS: !process.argv.includes("tls"),
  allowInsecureAuth: true,
  authOptional: !login,
  onAuth: (auth, session, done) =>
    auth.username === "platform" && auth.password === "mail-secret" ? done(null, { user: auth.username }) : done(new Error("Wrong password")),
  onRcptTo: (address, session, done) => (address.address.endsWith("@refused.example") ? done(new Error(`No ${address.address} here`)) : done()),
  onData: async (stream, session, done) => {
    try {
      const mail = await simpleParser(stream);
      print({
        from: session.envelope.mailFrom.address,
        to: session.envelope.rcptTo.map((recipient) => recipient.address),
        user: session.user ?? null,
        subject: mail.subject ?? "",
        text: mail.text ?? "",
        headers: mail.headerLines.map((header) => header.line),
      });
      done();
    } catch (fault) {
      done(fault);
    }
  },
});

server.on("error", (fault) => process.stderr.write(fault.message + "\n"));
server.listen(0, "127.0.0.1", () => print({ port: server.server.address().port }));
