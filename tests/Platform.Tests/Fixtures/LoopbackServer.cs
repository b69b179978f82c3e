using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Platform.Tests.Fixtures;

/// <summary>A server of a test on a free port of loopback, as others out there would be.</summary>
public abstract class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    protected LoopbackServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    public int Port => new Uri(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected static async Task<T> StartAsync<T>(T server) where T : LoopbackServer
    {
        await server._server.StartAsync();
        return server;
    }

    protected abstract Task AnswerAsync(HttpContext http);
}
