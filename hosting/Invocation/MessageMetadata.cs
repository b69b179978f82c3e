using System.Linq.Expressions;
using EmbeddedFunctions.ServiceBus;

namespace EmbeddedFunctions.Invocation;

/// <summary>Properties of a message that bind to parameters by name, under the names that the Service Bus extension gives them.</summary>
internal static class MessageMetadata
{
    private static readonly Dictionary<string, Expression<Func<ServiceBusReceivedMessage, object>>> Properties = new(StringComparer.OrdinalIgnoreCase)
    {
        ["messageId"] = m => m.MessageId,
        ["correlationId"] = m => m.CorrelationId,
        ["subject"] = m => m.Subject,
        ["label"] = m => m.Subject,
        ["contentType"] = m => m.ContentType,
        ["replyTo"] = m => m.ReplyTo,
        ["lockToken"] = m => m.LockToken,
        ["deadLetterSource"] = m => m.DeadLetterSource,
        ["deadLetterReason"] = m => m.DeadLetterReason,
        ["deadLetterErrorDescription"] = m => m.DeadLetterErrorDescription,
        ["deliveryCount"] = m => m.DeliveryCount,
        ["sequenceNumber"] = m => m.SequenceNumber,
        ["enqueuedTimeUtc"] = m => m.EnqueuedTime,
        ["enqueuedTime"] = m => m.EnqueuedTime,
        ["expiresAtUtc"] = m => m.ExpiresAt,
        ["expiresAt"] = m => m.ExpiresAt,
        ["sessionId"] = m => m.SessionId,
        ["replyToSessionId"] = m => m.ReplyToSessionId,
        ["to"] = m => m.To,
        ["partitionKey"] = m => m.PartitionKey,
        ["applicationProperties"] = m => m.ApplicationProperties,
        ["userProperties"] = m => m.ApplicationProperties,
    };

    // Functions with IsBatched get arrays under the names with this ending.
    private const string BatchEnding = "Array";

    public static bool CanBind(string name, Type type, bool batched) => batched
        ? type.IsArray && name.EndsWith(BatchEnding, StringComparison.OrdinalIgnoreCase) && CanBind(name[..^BatchEnding.Length], type.GetElementType()!, batched: false)
        : Properties.ContainsKey(name) && Convert(Read(name), type) is not null;

    public static Expression Bind(string name, Type type, Expression delivery)
    {
        if (Properties.ContainsKey(name))
            return Value(name, type, Expression.Property(delivery, nameof(MessageDelivery.Message)));

        var message = Expression.Parameter(typeof(ServiceBusReceivedMessage));
        var element = type.GetElementType()!;
        var value = Value(name[..^BatchEnding.Length], element, message);
        var each = Expression.Lambda(value.Type == element ? value : Expression.Convert(value, element), message);
        return Expression.Call(delivery, nameof(MessageDelivery.Each), [element], each);
    }

    public static void AddTo(Dictionary<string, object?> data, ServiceBusReceivedMessage message)
    {
        data["MessageId"] = message.MessageId;
        data["CorrelationId"] = message.CorrelationId;
        data["Subject"] = message.Subject;
        data["ContentType"] = message.ContentType;
        data["DeliveryCount"] = message.DeliveryCount;
        data["SequenceNumber"] = message.SequenceNumber;
        data["EnqueuedTimeUtc"] = message.EnqueuedTime.UtcDateTime;
        data["LockToken"] = message.LockToken;
        data["SessionId"] = message.SessionId;
        data["ApplicationProperties"] = message.ApplicationProperties;
    }

    private static Expression Value(string name, Type type, Expression message) => Convert(new Replace(Properties[name].Parameters[0], message).Visit(Read(name)), type)!;

    private static Expression Read(string name)
    {
        var body = Properties[name].Body;
        return body is UnaryExpression { NodeType: ExpressionType.Convert } boxed ? boxed.Operand : body;
    }

    private static Expression? Convert(Expression value, Type type)
    {
        if (type.IsAssignableFrom(value.Type))
            return value;
        if (value.Type == typeof(DateTimeOffset) && type == typeof(DateTime))
            return Expression.Property(value, nameof(DateTimeOffset.UtcDateTime));
        if (value.Type == typeof(int) && type == typeof(long))
            return Expression.Convert(value, type);
        return null;
    }

    private sealed class Replace(ParameterExpression parameter, Expression by) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == parameter ? by : node;
    }
}
