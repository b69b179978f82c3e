using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Identity;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Identity;

public sealed class TwoFactorTests : IAsyncLifetime
{
    private readonly ShiftedClock _clock = new();
    private PlatformApp _app = null!;

    public async Task InitializeAsync() => _app = await StartAsync(Db.Sqlite);

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData(Face.Executions, "Two-factor code required", "Invalid two-factor code")]
    [InlineData(Face.Checks, "TWO_FACTOR_REQUIRED", "INVALID_TWO_FACTOR_CODE")]
    [InlineData(Face.Inference, "two_factor_required", "two_factor_invalid")]
    public async Task SignIn_WithFactor_NeedsACodeOfTheApp(Face face, string missing, string wrong)
    {
        var (user, secret, _) = await EnabledAsync(_app);

        Assert.Equal((401, missing), (await _app.SignInAsync(face, user.Email)).Brief);
        Assert.Equal((401, wrong), (await _app.SignInAsync(face, user.Email, code: "000000")).Brief);
        Assert.Equal(401, (await _app.SignInAsync(face, user.Email, "wrong", Code(secret))).Status);
        Assert.Equal(200, (await _app.SignInAsync(face, user.Email, code: Code(secret))).Status);
        Assert.Equal((401, wrong), (await _app.SignInAsync(face, user.Email, code: Code(secret))).Brief);   // within its step, but used
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(200, (await _app.SignInAsync(face, user.Email, code: Code(secret))).Status);
    }

    [Fact]
    public async Task SignIn_WrongCodes_CountForTheLockout()
    {
        var (user, secret, _) = await EnabledAsync(_app);
        for (var i = 1; i < 5; i++)
            Assert.Equal(401, (await _app.SignInAsync(Face.Checks, user.Email, code: "000000")).Status);
        Assert.Equal(429, (await _app.SignInAsync(Face.Checks, user.Email, code: "000000")).Status);
        Assert.Equal(429, (await _app.SignInAsync(Face.Checks, user.Email, code: Code(secret))).Status);
    }

    [Fact]
    public async Task SignIn_MissingCode_NeitherCountsNorForgetsFailures()
    {
        var (user, _, _) = await EnabledAsync(_app);
        for (var i = 0; i < 4; i++)
            await _app.SignInAsync(Face.Checks, user.Email, code: "000000");
        for (var i = 0; i < 3; i++)
            Assert.Equal("TWO_FACTOR_REQUIRED", (await _app.SignInAsync(Face.Checks, user.Email)).Word);
        Assert.Equal(429, (await _app.SignInAsync(Face.Checks, user.Email, code: "000000")).Status);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task RecoveryCode_AndAppCode_WorkOnceWhoeverRaces(Db db)
    {
        await using var app = await StartAsync(db);
        var (user, secret, codes) = await EnabledAsync(app);
        Assert.Equal(10, codes.Distinct(StringComparer.Ordinal).Count());

        Assert.Equal(200, (await app.SignInAsync(Face.Inference, user.Email, code: codes[0].ToLowerInvariant())).Status);
        Assert.Equal(401, (await app.SignInAsync(Face.Inference, user.Email, code: codes[0])).Status);
        Assert.Equal("""{"enabled":true,"recoveryCodesLeft":9}""", (await user.Client.CallAsync("GET", "/api/auth/two-factor/status")).Body.ToString());

        // Four at most: more failures would lock the account before the right one has had its turn.
        var recovered = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => app.SignInAsync(Face.Checks, user.Email, code: codes[1])));
        Assert.Single(recovered, answer => answer.Status == 200);
        Assert.Equal(200, (await app.SignInAsync(Face.Checks, user.Email, code: codes[2])).Status);   // forgets the failures
        var coded = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => app.SignInAsync(Face.Checks, user.Email, code: Code(secret))));
        Assert.Single(coded, answer => answer.Status == 200);
    }

    [Fact]
    public async Task Enable_NeedsThePasswordAndAFirstCode()
    {
        var user = await _app.CreateUserAsync();
        Assert.Equal((400, "INVALID_PASSWORD"), (await user.Client.CallAsync("POST", "/api/auth/two-factor/enable", new { password = "wrong" })).Brief);
        Assert.Equal(400, (await user.Client.CallAsync("POST", "/api/auth/two-factor/verify", new { code = "123456" })).Status);

        var first = await BeginAsync(user);
        Assert.Equal(200, (await _app.SignInAsync(Face.Checks, user.Email)).Status);   // not on yet
        var second = await BeginAsync(user);
        Assert.Equal(400, (await VerifyAsync(user, Code(first.Secret))).Status);
        Assert.Equal(200, (await VerifyAsync(user, Code(second.Secret))).Status);
        Assert.Equal(409, (await user.Client.CallAsync("POST", "/api/auth/two-factor/enable", new { password = PlatformApp.Password })).Status);
        Assert.Equal(401, (await _app.SignInAsync(Face.Checks, user.Email, code: first.Codes[0])).Status);
        Assert.Equal(200, (await _app.SignInAsync(Face.Checks, user.Email, code: second.Codes[0])).Status);
    }

    [Fact]
    public async Task Disable_NeedsThePassword()
    {
        var (user, _, codes) = await EnabledAsync(_app);
        Assert.Equal((400, "INVALID_PASSWORD"), (await user.Client.CallAsync("POST", "/api/auth/two-factor/disable", new { password = "wrong" })).Brief);
        Assert.Equal(401, (await _app.SignInAsync(Face.Checks, user.Email)).Status);

        Assert.Equal(200, (await user.Client.CallAsync("POST", "/api/auth/two-factor/disable", new { password = PlatformApp.Password })).Status);
        Assert.Equal(200, (await _app.SignInAsync(Face.Checks, user.Email)).Status);
        Assert.Equal("""{"enabled":false,"recoveryCodesLeft":0}""", (await user.Client.CallAsync("GET", "/api/auth/two-factor/status")).Body.ToString());
        Assert.Equal(400, (await user.Client.CallAsync("POST", "/api/auth/two-factor/disable", new { password = PlatformApp.Password })).Status);
        var again = await BeginAsync(user);
        Assert.Empty(again.Codes.Intersect(codes));
    }

    [Fact]
    public async Task OperatorPages_WithFactor_NeedACodeToo()
    {
        var operatorUser = await _app.OperatorAsync();
        var (secret, _) = await EnableAsync(operatorUser);

        Assert.Contains("Two-factor code required", await SignInPageAsync(null), StringComparison.Ordinal);
        Assert.Contains("Invalid two-factor code", await SignInPageAsync("000000"), StringComparison.Ordinal);
        Assert.Equal("303", await SignInPageAsync(Code(secret)));

        async Task<string> SignInPageAsync(string? code)
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["username"] = "operator", ["password"] = PlatformApp.Password, ["code"] = code ?? "" });
            var answer = await _app.Anonymous.PostAsync("/admin/orchestrations/sign-in", form);
            return answer.StatusCode == HttpStatusCode.Unauthorized ? await answer.Content.ReadAsStringAsync() : $"{(int)answer.StatusCode}";
        }
    }

    [Fact]
    public async Task Stored_SecretIsSealedAndCodesAreHashed()
    {
        var (user, secret, codes) = await EnabledAsync(_app);
        var factor = await _app.InDatabaseAsync(db => db.TwoFactors.SingleAsync(row => row.UserId == user.Id));
        var hashes = await _app.InDatabaseAsync(db => db.RecoveryCodes.Where(row => row.UserId == user.Id).Select(row => row.Hash).ToListAsync());

        Assert.DoesNotContain(Convert.ToBase64String(FromBase32(secret)), factor.Secret, StringComparison.Ordinal);
        Assert.StartsWith("v1.", factor.Secret, StringComparison.Ordinal);
        Assert.Equal(codes.Select(RecoveryCode.HashOf).Order(StringComparer.Ordinal), hashes.Order(StringComparer.Ordinal));
        var audited = await _app.InDatabaseAsync(db => db.AuditEntries.Where(entry => entry.ActorId == user.Id && entry.Action.StartsWith("two_factor.")).OrderBy(entry => entry.Timestamp).Select(entry => entry.Action).ToListAsync());
        Assert.Equal(["two_factor.begin", "two_factor.enable"], audited);
    }

    // RFC 6238, appendix B; its codes have eight digits, of which ours are the last six.
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Totp_VectorsOfTheRfc_AreMet(long seconds, string code)
    {
        var secret = "12345678901234567890"u8.ToArray();
        var now = DateTimeOffset.FromUnixTimeSeconds(seconds);

        Assert.Equal(code, Totp.CodeAt(secret, Totp.StepAt(now)));
        Assert.Equal(Totp.StepAt(now), Totp.StepOf(secret, code, now.AddSeconds(30)));
        Assert.Null(Totp.StepOf(secret, code, now.AddSeconds(90)));
        Assert.Null(Totp.StepOf(secret, code, now.AddSeconds(-90)));
    }

    // RFC 4648, section 10, without padding.
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Base32_VectorsOfTheRfc_AreMet(string text, string encoded) => Assert.Equal(encoded, Totp.ToBase32(Encoding.ASCII.GetBytes(text)));

    private Task<PlatformApp> StartAsync(Db db) => PlatformApp.StartAsync(
        db, configure: services => services.AddSingleton<TimeProvider>(_clock), settings: ("RateLimit:Limits:sensitive", "1000"));

    private async Task<(TestUser User, string Secret, string[] Codes)> EnabledAsync(PlatformApp app)
    {
        var user = await app.CreateUserAsync();
        var (secret, codes) = await EnableAsync(user);
        return (user, secret, codes);
    }

    private async Task<(string Secret, string[] Codes)> EnableAsync(TestUser user)
    {
        var (secret, codes) = await BeginAsync(user);
        Assert.Equal(200, (await VerifyAsync(user, Code(secret))).Status);
        _clock.Advance(TimeSpan.FromSeconds(30));   // the code that switched it on is used up
        return (secret, codes);
    }

    private static async Task<(string Secret, string[] Codes)> BeginAsync(TestUser user)
    {
        var setup = await user.Client.CallAsync("POST", "/api/auth/two-factor/enable", new { password = PlatformApp.Password });
        Assert.Equal(200, setup.Status);
        var uri = setup.Body.Text("otpauthUri");
        Assert.StartsWith($"otpauth://totp/Platform:{Uri.EscapeDataString(user.Email)}?", uri, StringComparison.Ordinal);
        return (Regex.Match(uri, "secret=([A-Z2-7]+)").Groups[1].Value, [.. setup.Body.GetProperty("recoveryCodes").EnumerateArray().Select(code => code.GetString()!)]);
    }

    private static Task<Answered> VerifyAsync(TestUser user, string code) => user.Client.CallAsync("POST", "/api/auth/two-factor/verify", new { code });

    private string Code(string secret) => Totp.CodeAt(FromBase32(secret), Totp.StepAt(_clock.GetUtcNow()));

    private static byte[] FromBase32(string text)
    {
        var bits = string.Concat(text.Select(letter => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }
}
