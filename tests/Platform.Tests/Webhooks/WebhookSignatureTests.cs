using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Platform.Outbound;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Webhooks;

/// <summary>Signatures as a receiver checks them, worked out here from the text of Standard Webhooks and from nothing of the platform's.</summary>
public sealed class WebhookSignatureTests(WebhookLabs labs) : IClassFixture<WebhookLabs>
{
    /// <summary>An example that is published with the scheme's libraries.</summary>
    [Fact]
    public void Standard_OfThePublishedExample_IsThePublishedSignature() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        WebhookSignature.Standard(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, """{"test": 2432232314}"""u8));

    [Theory]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", true)]
    [InlineData("whsec_c2hvcnQ=", false)]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false)]
    [InlineData("whsec_not base64 at all, but long enough to be one", false)]
    [InlineData("whsec_", false)]
    public void Secret_OfTheForm_IsOne(string text, bool isOne) => Assert.Equal(isOne, WebhookSignature.IsSecret(text));

    [Fact]
    public void Secret_Between24And64Bytes_IsOne() => Assert.Equal(
        [false, true, true, false, false],
        ((int[])[23, 24, 64, 65, 200]).Select(length => WebhookSignature.IsSecret("whsec_" + Convert.ToBase64String(new byte[length]))));

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Deliveries_BearTheSignatureOfTheirBody(Db database)
    {
        var lab = await labs.GetAsync(database);
        var user = await lab.App.CreateUserAsync();
        var hook = await lab.CreateAsync(user);

        var raised = await lab.RaiseAsync(user, payload: new { build_id = Guid.CreateVersion7(), branch = "größe/ä" });

        await Until.TrueAsync(() => lab.Receiver.At(hook.Path).Count == 1, "the receiver has it");
        var received = lab.Receiver.At(hook.Path)[0];
        Assert.Equal([Expected(received, hook.Secret)], Signatures(received));
        Assert.Equal(raised.EventId.ToString(), received.Headers["webhook-id"]);
        Assert.Contains("größe/ä", received.Body, StringComparison.Ordinal);
        var sent = DateTimeOffset.FromUnixTimeSeconds(long.Parse(received.Headers["webhook-timestamp"], CultureInfo.InvariantCulture));
        Assert.InRange(lab.Clock.GetUtcNow() - sent, TimeSpan.FromSeconds(-1), TimeSpan.FromMinutes(5));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Rotation_SignsWithBothWhileItOverlaps_TheNewOneFirst(Db database)
    {
        await using var lab = await WebhookLab.StartAsync(database);
        var user = await lab.App.CreateUserAsync();
        var own = "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(24));
        var hook = await lab.CreateAsync(user, new { secret = own });
        Assert.Equal(own, hook.Secret);

        var rotated = await WebhookLab.DoAsync(user, HttpMethod.Patch, hook.Route, new { rotateSecret = true, secretOverlapSeconds = 60 });
        var fresh = rotated.GetProperty("secret").GetString()!;
        Assert.NotEqual(own, fresh);
        Assert.Equal(fresh[^4..], rotated.GetProperty("secretPreview").GetString());

        await TestAsync();
        lab.Clock.Advance(TimeSpan.FromSeconds(61));
        await TestAsync();

        var received = lab.Receiver.At(hook.Path);
        Assert.Equal([Expected(received[0], fresh), Expected(received[0], own)], Signatures(received[0]));
        Assert.Equal([Expected(received[1], fresh)], Signatures(received[1]));
        Assert.False((await WebhookLab.DoAsync(user, HttpMethod.Patch, hook.Route, new { name = "x" })).TryGetProperty("secret", out _));

        async Task TestAsync() => Assert.Equal(HttpStatusCode.OK, (await WebhookLab.SendAsync(user, HttpMethod.Post, $"{hook.Route}/test")).Status);
    }

    /// <summary>The published library of the scheme, which knows nothing of this platform.</summary>
    [Fact]
    public async Task Deliveries_AreTakenByThePublishedLibrary()
    {
        await using var lab = await WebhookLab.StartAsync(Db.Sqlite);
        var user = await lab.App.CreateUserAsync();
        var hook = await lab.CreateAsync(user);
        await lab.RaiseAsync(user, payload: new { build_id = Guid.CreateVersion7(), branch = "größe/ä" });
        await Until.TrueAsync(() => lab.Receiver.At(hook.Path).Count == 1, "the receiver has it");
        var received = lab.Receiver.At(hook.Path)[0];

        Assert.Equal("verified", await VerifyAsync(hook.Secret, received, received.Body));
        Assert.Contains("No matching signature", await VerifyAsync(hook.Secret, received, received.Body + " "), StringComparison.Ordinal);
        Assert.Contains("No matching signature", await VerifyAsync("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", received, received.Body), StringComparison.Ordinal);
        Assert.Contains("too old", await VerifyAsync(hook.Secret, received, received.Body, late: 301), StringComparison.Ordinal);
    }

    private static async Task<string> VerifyAsync(string secret, Received received, string body, int late = 0)
    {
        const string Program = """
            const [secret, id, timestamp, signature, body, late] = process.argv.slice(1);
            Date.now = () => (Number(timestamp) + Number(late)) * 1000;
            const RealDate = Date; globalThis.Date = class extends RealDate { constructor(...a) { super(...(a.length ? a : [RealDate.now()])); } static now() { return RealDate.now(); } };
            try {
              new (require('standardwebhooks').Webhook)(secret).verify(body, { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature });
              console.log('verified');
            } catch (error) { console.log(error.message); }
            """;
        var folder = await NpmPackages.InstallAsync("standardwebhooks@1.1.1");
        var start = new ProcessStartInfo("node", ["-e", Program, secret, received.Headers["webhook-id"], received.Headers["webhook-timestamp"], received.Headers["webhook-signature"], body, $"{late}"])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return said.Trim();
    }

    private static string[] Signatures(Received received) => received.Headers["webhook-signature"].Split(' ');

    private static string Expected(Received received, string secret)
    {
        using var hmac = new HMACSHA256(Convert.FromBase64String(secret.Split('_', 2)[1]));
        var signed = $"{received.Headers["webhook-id"]}.{received.Headers["webhook-timestamp"]}.{received.Body}";
        return "v1," + Convert.ToBase64String(hmac.ComputeHash(Encoding.UTF8.GetBytes(signed)));
    }
}
