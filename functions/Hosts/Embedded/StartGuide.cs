using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Identity;

namespace Platform.Functions.Hosts;

/// <summary>Tells the newcomer, once the platform is ready, where it is and what to paste first; <c>Host:Banner=false</c> turns it off.</summary>
internal sealed class StartGuide(DatabaseReady ready, IServer server, IOptions<PlatformOptions> options, IConfiguration configuration) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (string.Equals(configuration["Host:Banner"], "false", StringComparison.OrdinalIgnoreCase))
            return;
        await ready.WaitAsync(stoppingToken);
        await Console.Out.WriteLineAsync(Text(server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? ""));
    }

    private string Text(string url) => $$"""

        Platform is ready at {{url}} (operations: {{url}}/swagger-ui/)
        Operator account: {{options.Value.AdminUsername}} ({{options.Value.AdminEmail}}); a generated password is printed once, at the first start.
        Operator page: {{url}}/admin/orchestrations

        Try it:
          curl -s {{url}}/api/v1/auth/register --json '{"username":"alice","email":"alice@example.com","password":"Correct-Horse-9"}'
          TOKEN=$(curl -s {{url}}/api/v1/auth/login -d username=alice -d password=Correct-Horse-9 | grep -o '"access_token":"[^"]*' | cut -d'"' -f4)
          curl -s '{{url}}/api/v1/execute?wait=30' -H "Authorization: Bearer $TOKEN" --json '{"script":"print(6 * 7)"}'

        """;
}
