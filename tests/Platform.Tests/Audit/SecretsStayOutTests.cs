using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

using Platform.Data;
using Platform.Functions.Http;
using Platform.Identity;
using Platform.Tests.Contract;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Audit;

/// <summary>Passwords, tokens and cookies that pass through the platform are afterwards in no row and no log line.</summary>
public sealed class SecretsStayOutTests
{
    private static readonly Regex SecretName = new("password|secret|token|api_?key|credential|^value$|^code$", RegexOptions.IgnoreCase);

    /// <summary>What a function's own error says of its code is kept for those who may read its logs.</summary>
    private const string QuotedCode = "code of Functions_Test in function_invocations";

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task ADayOfCalls_LeavesNoSecretBehind(Db db)
    {
        using var logs = new CapturedLogs(LogLevel.Trace);
        var world = await OperationWorld.StartAsync(db, services =>
        {
            services.AddSingleton<ILoggerProvider>(logs);
            services.Configure<LoggerFilterOptions>(options => options.AddFilter<CapturedLogs>("Platform", LogLevel.Trace));
        });
        await using var app = world.App;
        await world.MakeObjectsAsync();
        var day = new Day(world);
        await day.SignInAndOutAsync();
        await day.CallEverythingAsync();

        Assert.NotEmpty(await FindAsync(app, day.Username)); // the search finds what is there
        Assert.NotEmpty(await FindAsync(app, Day.Client));
        Assert.NotEmpty(logs.Lines);
        var found = new List<string>();
        foreach (var (name, secret) in day.Secrets)
        {
            found.AddRange((await FindAsync(app, secret)).Select(place => $"{name} in {place}").Where(place => place != QuotedCode));
            found.AddRange(logs.Lines.Where(line => line.Contains(secret, StringComparison.OrdinalIgnoreCase)).Select(line => $"{name} in the log: {line}"));
        }

        Violations.None(found);
    }

    /// <summary>Tables whose rows hold the text in any column.</summary>
    private static async Task<List<string>> FindAsync(PlatformApp app, string text)
    {
        await using var scope = app.As(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var places = new List<string>();
        foreach (var table in db.Model.GetEntityTypes())
        {
            var row = string.Join(" || ' ' || ", table.GetProperties().Select(property => $"coalesce(CAST(\"{property.GetColumnName()}\" AS TEXT), '')"));
            var sql = $"SELECT count(*) AS \"Value\" FROM {table.GetTableName()} WHERE lower({row}) LIKE {{0}}";
            if (await db.Database.SqlQueryRaw<int>(sql, $"%{text.ToLowerInvariant()}%").SingleAsync() > 0)
                places.Add(table.GetTableName()!);
        }

        return places;
    }

    private sealed class Day(OperationWorld world)
    {
        public const string Client = "day-of-calls";

        public string Username { get; } = $"alice-{Guid.CreateVersion7():N}";

        public List<(string Name, string Secret)> Secrets { get; } = [];

        public async Task SignInAndOutAsync()
        {
            var (password, wrong) = (Mark("password"), Mark("wrong password"));
            using var client = world.App.Client(headers => headers.UserAgent.ParseAdd(Client));
            var registered = await client.PostAsJsonAsync("/api/v1/auth/register", new { username = Username, email = $"{Username}@example.com", password });
            Assert.Equal(HttpStatusCode.Created, registered.StatusCode);
            using var bad = PlatformApp.LoginForm(Username, wrong);
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.PostAsync("/api/v1/auth/login", bad)).StatusCode);
            using var good = PlatformApp.LoginForm(Username, password);
            var signedIn = await (await client.PostAsync("/api/v1/auth/login", good)).Content.ReadFromJsonAsync<JsonObject>();
            var (token, csrf) = ((string)signedIn!["access_token"]!, (string)signedIn["csrf_token"]!);
            Secrets.AddRange([("session token", token.Split('.')[2]), ("CSRF token", csrf)]);

            using var browser = world.App.Client(headers => headers.Add("Cookie", $"access_token={token}; csrf_token={csrf}"));
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/v1/auth/me")).StatusCode);
            using var forged = world.App.Client(headers => headers.Authorization = new AuthenticationHeaderValue("Bearer", Mark("bad bearer")));
            Assert.Equal(HttpStatusCode.Unauthorized, (await forged.GetAsync("/api/v1/auth/me")).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync("/api/v1/auth/logout", null)).StatusCode);
        }

        /// <summary>Every operation that takes something that looks like a secret, called as owner, operator and stranger.</summary>
        public async Task CallEverythingAsync()
        {
            Action<HttpRequestHeaders>[] callers = [_ => { }, OperationWorld.Bearer(world.Owner.Token), OperationWorld.Bearer((await world.App.OperatorAsync()).Token)];
            foreach (var (operation, method) in world.Calls.Where(call => TakesSecrets(call.Operation)))
            {
                foreach (var caller in callers)
                {
                    using var client = world.App.Client(caller);
                    using var request = new HttpRequestMessage(method, await world.Ids.PathOfAsync(operation.Route)) { Content = WithSecrets(operation) };
                    Assert.True((int)(await client.SendAsync(request)).StatusCode < 500, operation.Name);
                }
            }
        }

        private static bool TakesSecrets(Operation operation) => (operation.Body ?? operation.Form) is { } type && type != typeof(byte[]) && SecretMembers(type, operation.Family).Any();

        private static IEnumerable<string> SecretMembers(Type type, Family family) => WireJson.For(family).Reading.GetTypeInfo(type).Properties
            .Where(property => property.PropertyType == typeof(string) && SecretName.IsMatch(property.Name)).Select(property => property.Name);

        private HttpContent WithSecrets(Operation operation)
        {
            var type = (operation.Body ?? operation.Form)!;
            var body = SampleBody.Json(type, operation.Family).AsObject();
            foreach (var member in SecretMembers(type, operation.Family))
                body[member] = Mark($"{member} of {operation.Name}");
            return operation.Form is null ? JsonContent.Create(body) : new FormUrlEncodedContent(body.Select(member => KeyValuePair.Create(member.Key, member.Value?.ToString())));
        }

        // Long enough to be found, good enough to be a password.
        private string Mark(string name)
        {
            var secret = $"Zq7-{Guid.CreateVersion7():N}";
            Secrets.Add((name, secret));
            return secret;
        }
    }
}
