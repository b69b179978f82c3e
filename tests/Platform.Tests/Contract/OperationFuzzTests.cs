using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

using Platform.Functions.Http;
using Platform.RateLimits;
using Platform.Tests.Fixtures;
using Xunit.Abstractions;

namespace Platform.Tests.Contract;

/// <summary>
/// Throws anything at every operation of the catalogue: whatever comes, the answer is one that a contract has, in time, and tells nothing of the inside.
/// <c>FUZZ_REQUESTS</c> is how many requests are made on each database, <c>FUZZ_SEED</c> repeats a run.
/// </summary>
public sealed partial class OperationFuzzTests(ITestOutputHelper output)
{
    private const int Parallel = 6;

    private static readonly int Requests = Number("FUZZ_REQUESTS") ?? 1000;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task AnyInput_GetsAnAnswerThatTellsNothing(Db db)
    {
        using var logs = new CapturedLogs(LogLevel.Error);
        var world = await OperationWorld.StartAsync(db, services => services.AddSingleton<ILoggerProvider>(logs));
        await using var app = world.App;
        var seed = Number("FUZZ_SEED") ?? Random.Shared.Next();
        output.WriteLine($"FUZZ_SEED={seed}");
        var calls = world.Calls.Where(call => IsFuzzed(call.Operation)).ToList();
        await world.MakeObjectsAsync();
        var callers = await FuzzCallers.CreateAsync(world);
        var problems = new ConcurrentQueue<string>();
        var statuses = new ConcurrentDictionary<int, int>();

        await System.Threading.Tasks.Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = Parallel }, async (i, ct) =>
        {
            var fuzz = new FuzzInput(unchecked((seed * 1_000_003) + i));
            var (operation, method) = calls[i % calls.Count];
            if (await ProblemAsync(world, callers, fuzz, (operation, method), statuses, ct) is { } problem)
                problems.Enqueue($"{method} {operation.Route} (request {i}): {problem}");
        });

        output.WriteLine(string.Join(", ", statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}: {pair.Value}")));
        var faults = logs.Lines.Where(line => line.StartsWith("Error Platform.", StringComparison.Ordinal)).ToList();
        Assert.True(problems.IsEmpty && faults.Count == 0, $"FUZZ_SEED={seed}\n{string.Join('\n', problems.Take(20))}\n{string.Join('\n', faults.Take(5))}");
        Assert.All([200, 401, 404], status => Assert.True(statuses.ContainsKey(status), $"none of {Requests} requests was answered with {status}"));
        Assert.Equal(HttpStatusCode.OK, (await (await app.CreateUserAsync()).Client.GetAsync("/api/v1/auth/me")).StatusCode);
    }

    [Fact]
    public void Leaks_AreRecognised() => Assert.All(
        ["   at Platform.Functions.X.Y()", "System.InvalidOperationException: x", "near \"x\": syntax error; SELECT 1 FROM users", "23505: duplicate key; Npgsql.PostgresException", PlatformApp.Password],
        text => Assert.Matches(Leak(), text));

    // Streams have no end, and scripts would run.
    private static bool IsFuzzed(Operation operation) => !operation.Stream && operation.Rate != Rate.Execution;

    private static async Task<string?> ProblemAsync(OperationWorld world, FuzzCallers callers, FuzzInput fuzz, (Operation Operation, HttpMethod Method) call, ConcurrentDictionary<int, int> statuses, CancellationToken ct)
    {
        var (operation, method) = call;
        using var request = new HttpRequestMessage(method, await fuzz.PathOfAsync(world, operation));
        request.Content = method == HttpMethod.Get ? null : fuzz.Body(operation);
        var caller = callers.Choose(fuzz);
        caller.Apply(request.Headers);
        fuzz.AddHeaders(request.Headers);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bound.CancelAfter(Bound);
        try
        {
            using var answer = await callers.Client.SendAsync(request, bound.Token);
            statuses.AddOrUpdate((int)answer.StatusCode, 1, (_, count) => count + 1);
            var text = await answer.Content.ReadAsStringAsync(bound.Token);
            if (answer.StatusCode == HttpStatusCode.Unauthorized)
                await callers.RenewAsync(caller);
            return Judge(operation, answer, text);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"no answer within {Bound.TotalSeconds} s";
        }
        catch (HttpRequestException fault) when (fault.InnerException is IOException)
        {
            return null; // the host closed the connection under a body that it refused
        }
    }

    private static string? Judge(Operation operation, HttpResponseMessage answer, string text)
    {
        if (operation.Rate == Rate.Invoke && answer.StatusCode is (HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout))
            return null; // a tenant's own code failed
        if ((int)answer.StatusCode >= 500 && answer.StatusCode != HttpStatusCode.ServiceUnavailable)
            return $"{(int)answer.StatusCode} {text}";
        return Leak().Match(text) is { Success: true } leak ? $"{(int)answer.StatusCode} tells '{leak.Value}'" : null;
    }

    private static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : null;

    [GeneratedRegex(@"   at [A-Z]\w+\.|\bSystem\.\w+|Exception\b|Npgsql|Sqlite|EntityFramework|\bSELECT |\bINSERT INTO|\bUPDATE \w+ SET|/bin/Debug|Passw0rd-1", RegexOptions.CultureInvariant)]
    private static partial Regex Leak();
}
