using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace Platform.Tests.Fixtures;

/// <summary>A webhook receiver on loopback. Each path answers what was put there for it, in turn, and then 200; <c>silent</c> never answers.</summary>
public sealed class Receiver : LoopbackServer
{
    public const int Silent = 0;

    private readonly ConcurrentQueue<Received> _received = [];
    private readonly ConcurrentDictionary<string, ConcurrentQueue<int>> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RequestDelegate> _replies = new(StringComparer.Ordinal);

    private Receiver()
    {
    }

    public static Task<Receiver> StartAsync() => StartAsync(new Receiver());

    public string Url(string path, string host = "127.0.0.1") => $"http://{host}:{Port}{path}";

    public void Answer(string path, params int[] statuses) => _answers[path] = new ConcurrentQueue<int>(statuses);

    /// <summary>What the path answers beside or instead of a status, each time.</summary>
    public void Reply(string path, RequestDelegate reply) => _replies[path] = reply;

    public IReadOnlyList<Received> At(string path) => [.. _received.Where(received => received.Path == path)];

    protected override async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        var path = http.Request.Path.Value!;
        _received.Enqueue(new Received(path, body, http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        var status = _answers.TryGetValue(path, out var answers) && answers.TryDequeue(out var next) ? next : 200;
        if (status == Silent)
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        else
            http.Response.StatusCode = status;
        if (status is >= 300 and < 400)
            http.Response.Headers.Location = Url("/elsewhere");
        if (_replies.TryGetValue(path, out var reply))
            await reply(http);
    }
}

/// <summary>A request that arrived.</summary>
public sealed record Received(string Path, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public System.Text.Json.JsonElement Json => System.Text.Json.JsonDocument.Parse(Body).RootElement;
}
