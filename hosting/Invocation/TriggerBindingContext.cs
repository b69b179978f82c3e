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
        else if (context.Trigger is MessageDelivery delivery)
        {
            MessageMetadata.AddTo(data, delivery.Message);
        }
        else if (context.Trigger is ActivityCall activity)
        {
            data["instanceId"] = activity.InstanceId;
        }

        return data;
    }
}
