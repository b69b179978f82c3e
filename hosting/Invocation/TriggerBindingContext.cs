using EmbeddedFunctions.Worker;

namespace EmbeddedFunctions.Invocation;

internal sealed class TriggerBindingContext(InvocationContext context) : BindingContext
{
    private Dictionary<string, object?>? _data;

    public override IReadOnlyDictionary<string, object?> BindingData => _data ??= Build();

    private Dictionary<string, object?> Build()
    {
        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        if (context.Http is { } http)
        {
            foreach (var (name, value) in http.Request.RouteValues)
                data[name] = value;
        }

        return data;
    }
}
