using System.Text.Json;

namespace Platform.Functions.Http;

/// <summary>How one family writes outcomes and refusals. Statuses and words are the contract's; the domain knows none of them.</summary>
internal abstract class Envelope
{
    public abstract WireJson Json { get; }

    public abstract int StatusOf(Error error);

    public abstract void WriteError(Utf8JsonWriter writer, Error error, EnvelopeFacts facts);

    public virtual void WriteSuccess(Utf8JsonWriter writer, object value, EnvelopeFacts facts) => WriteValue(writer, value);

    public static Envelope For(ApiRequest request) => request.IsGateway ? Gateway : ByFamily[(int)request.Family];

    protected void WriteValue(Utf8JsonWriter writer, object value) => JsonSerializer.Serialize(writer, value, value.GetType(), Json.Writing);

    /// <summary>The family's code: what stands behind the noun.</summary>
    protected static string ShortCode(Error error)
    {
        var dot = error.Code.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? error.Code : error.Code[(dot + 1)..];
    }

    /// <summary>Further members of the refusal.</summary>
    protected void WriteMore(Utf8JsonWriter writer, Error error)
    {
        if (error.More is not { } more)
            return;
        foreach (var (name, value) in more)
        {
            writer.WritePropertyName(name);
            WriteValue(writer, value);
        }
    }

    protected static void WriteFieldDetails(Utf8JsonWriter writer, Error error)
    {
        if (error.Problems.Count == 0)
            return;
        writer.WriteStartArray("details"u8);
        foreach (var problem in error.Problems)
        {
            writer.WriteStartObject();
            writer.WriteString("field"u8, string.Join('.', problem.Location.Skip(problem.Location.Count > 1 ? 1 : 0)));
            writer.WriteString("message"u8, problem.Message);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    /// <summary>Statuses that all families but executions share.</summary>
    protected static int CommonStatus(Error error, int badState) => error.Kind switch
    {
        _ when error.Code == RequestErrors.MethodCode => 405,
        ErrorKind.Invalid => 400,
        ErrorKind.BadState => badState,
        ErrorKind.Unauthenticated => 401,
        ErrorKind.Forbidden => 403,
        ErrorKind.NotFound => 404,
        ErrorKind.Conflict => 409,
        ErrorKind.Gone => 410,
        ErrorKind.TooLarge => 413,
        ErrorKind.UnsupportedMediaType => 415,
        ErrorKind.Locked or ErrorKind.RateLimited => 429,
        ErrorKind.Upstream => 502,
        ErrorKind.UpstreamTimeout => 504,
        ErrorKind.Unavailable => 503,
        _ => 500,
    };

    private static readonly Envelope Gateway = new GatewayEnvelope();

    private static readonly Envelope[] ByFamily = [new ExecutionsEnvelope(), new DeliveryEnvelope(), new ChecksEnvelope(), new AgentsEnvelope(), new InferenceEnvelope()];
}

/// <summary>What envelopes write beside the value or refusal.</summary>
internal readonly record struct EnvelopeFacts(DateTimeOffset Now, string CorrelationId, bool TellsSuccess);
