using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Platform.Tests.Replay;

/// <summary>A real server on loopback that keeps what is posted to it and answers 500 as often as it is told.</summary>
internal sealed class CallbackReceiver : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<JsonElement> _bodies = [];
    private readonly WebApplication _server;
    private int _failures;

    private CallbackReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    public string Url => _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/hook";

    public IReadOnlyList<JsonElement> Bodies
    {
        get
        {
            lock (_lock)
                return [.. _bodies];
        }
    }

    public static async Task<CallbackReceiver> StartAsync(int failures)
    {
        var receiver = new CallbackReceiver { _failures = failures };
        await receiver._server.StartAsync();
        return receiver;
    }

    public void Fail(int times) => Interlocked.Exchange(ref _failures, times);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var body = (await JsonDocument.ParseAsync(context.Request.Body)).RootElement;
        lock (_lock)
            _bodies.Add(body);
        if (Interlocked.Decrement(ref _failures) >= 0)
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
    }
}
