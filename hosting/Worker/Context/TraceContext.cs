using System.Collections.ObjectModel;

namespace EmbeddedFunctions.Worker;

/// <summary>The W3C trace context of an invocation.</summary>
public abstract class TraceContext
{
    /// <summary>The traceparent header's value, or an empty string.</summary>
    public abstract string TraceParent { get; }

    /// <summary>The tracestate header's value, or an empty string.</summary>
    public abstract string TraceState { get; }

    /// <summary>Further attributes.</summary>
    public virtual IReadOnlyDictionary<string, string> Attributes => ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The baggage.</summary>
    public virtual IReadOnlyDictionary<string, string> Baggage => ReadOnlyDictionary<string, string>.Empty;
}
