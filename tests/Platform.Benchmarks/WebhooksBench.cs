using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Testing;

namespace Platform.Benchmarks;

/// <summary>Deliveries of one organization's webhooks to receivers on loopback, against bare posts of the same size; and how long they wait while another receiver never answers.</summary>
internal static class WebhooksBench
{
    private const int Webhooks = 19;
    private const int Events = 300;
    private const int Bodies = 2_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static async Task<int> RunAsync(int rounds)
    {
        var report = new Report();
        await using var receiver = await Receivers.StartAsync();
        await using var platform = PlatformProcess.Start(BuiltFiles.FunctionApp, ("Outbound:AllowHttp", "true"), ("Outbound:AllowHosts:0", "127.0.0.1"), ("Builds:MaxQueuedPerOrganization", "100000"));
        using var user = new BenchUser(platform.Url);
        await platform.WaitForAsync(user.Http, "/health/readyz");
        await user.SignUpAsync(platform.DataDirectory);
        var project = (await user.Http.GetFromJsonAsync<JsonElement>("/api/projects")).GetProperty("data")[0].GetProperty("id").GetGuid();
        for (var i = 0; i < Webhooks; i++)
            await AddAsync(user.Http, $"receiver {i}", $"{receiver.Url}/{i}");

        await DeliverAsync(user.Http, receiver, project, Events / 10); // the just-in-time compiler's
        List<double> ours = [], theirs = [];
        for (var round = 0; round < rounds; round++)
        {
            ours.Add(await DeliverAsync(user.Http, receiver, project, Events));
            theirs.Add(await PostAsync(receiver));
        }

        report.Add(new Case("webhooks", "deliveries", Report.Median(ours), "deliveries/s", "bare posts, 50 at once", Report.Median(theirs), rounds, "target: >= 1,000 deliveries/s"));

        using var silent = new TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start(); // takes connections and never says a word
        await AddAsync(user.Http, "silent", $"http://{silent.LocalEndpoint}/");
        await DeliverAsync(user.Http, receiver, project, Events / 10);
        var beside = new List<double>();
        for (var round = 0; round < rounds; round++)
            beside.Add(await DeliverAsync(user.Http, receiver, project, Events));
        report.Add(new Case("webhooks", "beside a dead receiver", Report.Median(beside), "deliveries/s", "without it", Report.Median(ours), rounds, "target: >= 0.90"));
        return report.Finish();
    }

    private static async Task AddAsync(HttpClient http, string name, string url)
    {
        using var answer = await http.PostAsJsonAsync("/api/dev/webhooks", new { name, url, events = (string[])["build.created"] });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Events of the project, then the deliveries a second from the first of them to the last.</summary>
    private static async Task<double> DeliverAsync(HttpClient http, Receivers receiver, Guid project, int events)
    {
        receiver.Expect(events * Webhooks);
        var tmp = Stopwatch.GetTimestamp();
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) <= events)
            {
                using var answer = await http.PostAsJsonAsync($"/api/builds/project/{project}", new { executor = "external" });
                answer.EnsureSuccessStatusCode();
            }
        }));
        Console.WriteLine($"posted {events} in {Stopwatch.GetElapsedTime(tmp).TotalSeconds}, left {receiver.Left}");
        return await receiver.RateAsync();
    }

    private static async Task<double> PostAsync(Receivers receiver)
    {
        using var http = new HttpClient();
        receiver.Expect(Bodies);
        var body = new byte[receiver.BodyBytes];
        Array.Fill(body, (byte)' ');
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) <= Bodies)
            {
                using var content = new ByteArrayContent(body);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                using var answer = await http.PostAsync(new Uri($"{receiver.Url}/0"), content);
                answer.EnsureSuccessStatusCode();
            }
        }));
        return await receiver.RateAsync();
    }

    /// <summary>Counts what comes, each event once at each address.</summary>
    private sealed class Receivers(WebApplication app) : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);
        private TaskCompletionSource _all = new();
        private int _left;
        private int _count;
        private long _first;
        private long _last;

        public string Url => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

        public int Left => _left;

        public int BodyBytes { get; private set; }

        public static async Task<Receivers> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var app = builder.Build();
            var receivers = new Receivers(app);
            app.MapPost("/{number}", receivers.TakeAsync);
            app.Urls.Add("http://127.0.0.1:0");
            await app.StartAsync();
            return receivers;
        }

        public void Expect(int count)
        {
            (_count, _first, _all) = (count, 0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            Volatile.Write(ref _left, count);
        }

        public async Task<double> RateAsync()
        {
            await _all.Task.WaitAsync(Patience);
            return _count / Stopwatch.GetElapsedTime(_first, _last).TotalSeconds;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private async Task TakeAsync(HttpContext context)
        {
            var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            Interlocked.CompareExchange(ref _first, Stopwatch.GetTimestamp(), 0);
            if (context.Request.Headers["webhook-id"].ToString() is { Length: > 0 } id)
            {
                BodyBytes = (int)body.Length;
                if (!_seen.TryAdd($"{context.Request.Path} {id}", true))
                    return; // at least once may be twice
            }

            if (Interlocked.Decrement(ref _left) != 0)
                return;
            _last = Stopwatch.GetTimestamp();
            _all.TrySetResult();
        }
    }
}
