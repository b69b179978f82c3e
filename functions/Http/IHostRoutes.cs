using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Http;

/// <summary>Knows the host names whose requests something else answers than the platform's own operations.</summary>
public interface IHostRoutes
{
    /// <summary>Null: the request is the platform's.</summary>
    ValueTask<HostRoute?> FindAsync(HttpRequest http);
}

/// <summary>What answers requests for a host name.</summary>
/// <param name="Operation">The name of the operation by whose rules the request passes the pipeline.</param>
/// <param name="AnswerAsync">Stands for that operation's function.</param>
public sealed record HostRoute(string Operation, Func<RawRequest, IServiceProvider, Task<object?>> AnswerAsync);
