using System.Diagnostics;
using EmbeddedFunctions.Worker;
using Microsoft.AspNetCore.Http;

namespace EmbeddedFunctions.Invocation;

/// <summary>The current activity when tracing is on, else what the caller sent.</summary>
internal sealed class InvocationTrace(HttpContext? http) : TraceContext
{
    private readonly Activity? _activity = Activity.Current;

    public override string TraceParent => _activity?.Id ?? http?.Request.Headers.TraceParent.ToString() ?? "";

    public override string TraceState => _activity?.TraceStateString ?? http?.Request.Headers.TraceState.ToString() ?? "";
}
