using System.Linq.Expressions;
using System.Reflection;
using EmbeddedFunctions.Discovery;
using EmbeddedFunctions.ServiceBus;

namespace EmbeddedFunctions.Invocation;

/// <summary>Writes the expression that makes a parameter's value from the invocation.</summary>
internal static class ParameterBinder
{
    public static Expression Bind(ParameterBinding binding, ParameterExpression context)
    {
        var parameter = binding.Parameter;
        var type = parameter.ParameterType;
        var value = binding.Kind switch
        {
            BindingKind.HttpRequest => Expression.Property(Expression.Property(context, nameof(InvocationContext.Http)), "Request"),
            BindingKind.RouteValue => RouteValue.Bind(parameter, context),
            BindingKind.FunctionContext => context,
            BindingKind.CancellationToken => Expression.Property(context, nameof(InvocationContext.CancellationToken)),
            BindingKind.DurableClient => Expression.Call(context, nameof(InvocationContext.DurableClient), typeArguments: null),
            BindingKind.MessageBody => MessageBody(type, context),
            BindingKind.MessageActions => Expression.Property(Trigger<MessageDelivery>(context), nameof(MessageDelivery.Actions)),
            BindingKind.MessageMetadata => MessageMetadata.Bind(parameter.Name!, type, Message(context)),
            BindingKind.ActivityInput => ActivityInput(type, context),
            BindingKind.ActivityInstanceId => Expression.Property(Trigger<ActivityCall>(context), nameof(ActivityCall.InstanceId)),
            _ => Expression.Property(context, nameof(InvocationContext.Trigger)),
        };
        return value.Type == type ? value : Expression.Convert(value, type);
    }

    private static UnaryExpression Trigger<T>(Expression context) => Expression.Convert(Expression.Property(context, nameof(InvocationContext.Trigger)), typeof(T));

    private static MemberExpression Message(Expression context) => Expression.Property(Trigger<MessageDelivery>(context), nameof(MessageDelivery.Message));

    private static Expression MessageBody(Type type, Expression context)
    {
        var body = Expression.Property(Message(context), nameof(ServiceBusReceivedMessage.Body));
        if (type == typeof(ServiceBusReceivedMessage))
            return Message(context);
        if (type == typeof(BinaryData))
            return body;
        if (type == typeof(string))
            return Expression.Call(body, nameof(BinaryData.ToString), typeArguments: null);
        if (type == typeof(byte[]))
            return Expression.Call(body, nameof(BinaryData.ToArray), typeArguments: null);
        return Expression.Call(Trigger<MessageDelivery>(context), Generic(typeof(MessageDelivery), nameof(MessageDelivery.Body), type));
    }

    // An orchestration context as the activity's parameter type would be a TaskActivityContext; only inputs are functions' business.
    private static MethodCallExpression ActivityInput(Type type, Expression context) =>
        Expression.Call(Trigger<ActivityCall>(context), Generic(typeof(ActivityCall), nameof(ActivityCall.Input), type));

    private static MethodInfo Generic(Type owner, string method, Type argument) => owner.GetMethod(method)!.MakeGenericMethod(argument);
}
