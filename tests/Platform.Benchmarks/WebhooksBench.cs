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

/// <summary>
/// Deliveries of one organization's webhooks to receivers on loopback, against bare posts of the same size: a backlog that is let go at once, also while another receiver never
/// answers, and what is delivered while the builds that cause it are created.
/// </summary>
internal static class WebhooksBench
{
    private const int Webhooks = 19;
    private const int Events = 300;
    private const int Bodies = 2_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async Task<int> RunAsync(int rounds)
    {
        var report = new Report();
        await using var receiver = await Receivers.StartAsync();
        await using var platform = PlatformProcess.Start(BuiltFiles.FunctionApp, ("Outbound:AllowHttp", "true"), ("Outbound:AllowHosts:0", "127.0.0.1"), ("Builds:MaxQueuedPerOrganization", "100000"));
        using var user = new BenchUser(platform.Url);
        await platform.WaitForAsync(user.Http, "/health/readyz");
        await user.SignUpAsync(platform.DataDirectory);
        var source = await EventSource.StartAsync(user.Http);
        for (var i = 0; i < Webhooks; i++)
            await source.AddAsync($"receiver {i}", $"{receiver.Url}/{i}");

        await PassAsync(source, receiver, Events / 10); // the just-in-time compiler's
        var passing = await MedianAsync(rounds, () => PassAsync(source, receiver, Events));
        var backlog = await MedianAsync(rounds, () => DrainAsync(source, receiver));
        var bare = await MedianAsync(rounds, () => PostAsync(receiver));
        report.Add(new Case("webhooks", "deliveries", backlog, "deliveries/s", "bare posts, 50 at once", bare, rounds, "target: >= 1,000 deliveries/s"));
        report.Add(new Case("webhooks", "with their builds", passing, "deliveries/s", "a backlog", backlog, rounds, "8 creations of builds at once"));

        using var silent = new TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start(); // takes connections and never says a word
        await source.AddAsync("silent", $"http://{silent.LocalEndpoint}/");
        await PassAsync(source, receiver, Events / 10);
        var beside = await MedianAsync(rounds, () => DrainAsync(source, receiver));
        report.Add(new Case("webhooks", "beside a dead receiver", beside, "deliveries/s", "without it", backlog, rounds, "target: >= 0.90"));
        return report.Finish();
    }

    private static async Task<double> MedianAsync(int rounds, Func<Task<double>> measure)
    {
        List<double> rates = [];
        for (var round = 0; round < rounds; round++)
            rates.Add(await measure());
        return Report.Median(rates);
    }

    /// <summary>Deliveries a second from the first of them to the last, while their events happen.</summary>
    private static async Task<double> PassAsync(EventSource source, Receivers receiver, int events)
    {
        receiver.Expect(events * Webhooks);
        await source.RaiseAsync(events);
        return await receiver.RateAsync();
    }

    /// <summary>Deliveries a second once the receivers answer, who let everybody wait until all events have happened.</summary>
    private static async Task<double> DrainAsync(EventSource source, Receivers receiver)
    {
        receiver.Hold();
        receiver.Expect(Events * Webhooks);
        await source.RaiseAsync(Events);
        await source.SettleAsync();
        receiver.Open();
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

    /// <summary>Builds of a project, each of which is an event for all webhooks.</summary>
    private sealed class EventSource(HttpClient http, Guid project)
    {
        private readonly List<Guid> _webhooks = [];
        private int _raised;

        public static async Task<EventSource> StartAsync(HttpClient http) =>
            new(http, (await http.GetFromJsonAsync<JsonElement>("/api/projects")).GetProperty("data")[0].GetProperty("id").GetGuid());

        public async Task AddAsync(string name, string url)
        {
            using var answer = await http.PostAsJsonAsync("/api/dev/webhooks", new { name, url, events = (string[])["build.created"], retryPolicy = new { timeoutSeconds = 30 } });
            answer.EnsureSuccessStatusCode();
            _webhooks.Add((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("id").GetGuid());
        }

        public async Task RaiseAsync(int events)
        {
            var next = 0;
            await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
            {
                while (Interlocked.Increment(ref next) <= events)
                {
                    using var answer = await http.PostAsJsonAsync($"/api/builds/project/{project}", new { executor = "external" });
                    answer.EnsureSuccessStatusCode();
                }
            }));
            _raised += events;
        }

        /// <summary>Waits until each webhook that has been there from the beginning has a delivery of each event.</summary>
        public async Task SettleAsync()
        {
            foreach (var webhook in _webhooks.Take(Webhooks))
            {
                while ((await http.GetFromJsonAsync<JsonElement>($"/api/dev/webhooks/{webhook}/deliveries?limit=1")).GetProperty("total").GetInt32() < _raised)
                    await Task.Delay(50);
            }
        }
    }

    /// <summary>Counts what comes, each event once at each address.</summary>
    private sealed class Receivers(WebApplication app) : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);
        private TaskCompletionSource _all = new();
        private TaskCompletionSource _open = new();
        private int _left;
        private int _count;
        private long _first;
        private long _last;

        public string Url => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

        public int BodyBytes { get; private set; }

        public static async Task<Receivers> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var app = builder.Build();
            var receivers = new Receivers(app);
            app.MapPost("/{number}", receivers.TakeAsync);
            receivers.Open();
            app.Urls.Add("http://127.0.0.1:0");
            await app.StartAsync();
            return receivers;
        }

        public void Expect(int count)
        {
            (_count, _first, _all) = (count, 0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            Volatile.Write(ref _left, count);
        }

        /// <summary>Keeps whoever comes waiting.</summary>
        public void Hold() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Open()
        {
            Volatile.Write(ref _first, Stopwatch.GetTimestamp());
            _open.TrySetResult();
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
            await _open.Task;
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
