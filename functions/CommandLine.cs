using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Functions.Audit;

namespace Platform.Functions;

/// <summary>
/// What the program does instead of serving when its first arguments are words: <c>audit verify [--organization ID]</c>. Settings are given as for serving.
/// </summary>
internal static class CommandLine
{
    private const int BadUsage = 2;

    private const string Usage = """
        Commands (without one the platform is served):
          audit verify [--organization ID]   recompute the audit log's chains; "platform" is the platform's own. Exit code 0: nothing found, 1: findings, 2: not done
        """;

    /// <summary>Null when the arguments ask for serving.</summary>
    public static Func<IServiceProvider, Task<int>>? Find(string[] args)
    {
        if (args is not [var first, ..] || first.Length == 0 || first[0] is '-' or '/' || first.Contains('=', StringComparison.Ordinal))
            return null;
        if (args is ["audit", "verify", ..])
            return services => VerifyAuditAsync(services, Option(args, "--organization"));
        return async _ =>
        {
            await Console.Error.WriteLineAsync(Usage);
            return BadUsage;
        };
    }

    private static Task<int> VerifyAuditAsync(IServiceProvider services, string? organization) =>
        ActivatorUtilities.CreateInstance<AuditCommand>(services).VerifyAsync(organization, Console.Out, CancellationToken.None);

    private static string? Option(string[] args, string name)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == name && i + 1 < args.Length)
                return args[i + 1];
            if (args[i].StartsWith(name + "=", StringComparison.Ordinal))
                return args[i][(name.Length + 1)..];
        }

        return null;
    }
}
