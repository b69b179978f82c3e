using System.Text;
using EmbeddedFunctions.Discovery;
using EmbeddedFunctions.Http;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace EmbeddedFunctions.Startup;

/// <summary>Prints the functions with their URLs once HTTP listens, as the official local tools do; <c>Host:Banner=false</c> turns it off.</summary>
internal sealed class StartBanner(FunctionCatalog catalog, HostJsonOptions options, IServer server, IConfiguration configuration) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) =>
        string.Equals(configuration["Host:Banner"], "false", StringComparison.OrdinalIgnoreCase) ? Task.CompletedTask : Console.Out.WriteLineAsync(Text());

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string Text()
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "";
        var text = new StringBuilder().AppendLine().AppendLine("Functions:").AppendLine();
        foreach (var function in catalog.All.OrderBy(f => f.Kind).ThenBy(f => f.Name, StringComparer.OrdinalIgnoreCase))
            text.Append("        ").Append(function.Name).Append(": ").AppendLine(function.Kind == TriggerKind.Http ? Url(function, address) : Type(function));
        return text.AppendLine().Append("Listening on ").AppendLine(address).ToString();
    }

    private string Url(DiscoveredFunction function, string address)
    {
        var methods = HttpRoutes.Methods(function) is { Length: > 0 } some ? $"[{string.Join(',', some)}] " : "";
        return $"{methods}{address}/{HttpRoutes.Of(function, options.RoutePrefix)}";
    }

    private static string Type(DiscoveredFunction function) => function.InputBindings.Values.First(b => b.Type.EndsWith("Trigger", StringComparison.Ordinal)).Type;
}
