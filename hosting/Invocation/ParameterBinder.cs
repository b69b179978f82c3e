using System.Linq.Expressions;
using System.Reflection;
using EmbeddedFunctions.Discovery;
using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Worker;

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
            BindingKind.MessageBatch => MessageBodies(type, context),
            BindingKind.SessionActions => Expression.Property(Trigger<MessageDelivery>(context), nameof(MessageDelivery.SessionActions)),
            BindingKind.MessageActions => Expression.Property(Trigger<MessageDelivery>(context), nameof(MessageDelivery.Actions)),
            BindingKind.MessageMetadata => MessageMetadata.Bind(parameter.Name!, type, Trigger<MessageDelivery>(context)),
            BindingKind.ActivityInput => ActivityInput(type, context),
            BindingKind.ActivityInstanceId => Expression.Property(Trigger<ActivityCall>(context), nameof(ActivityCall.InstanceId)),
            BindingKind.EntityDispatcher => Expression.New(
                typeof(TaskEntityDispatcher).GetConstructors(BindingFlags.NonPublic | BindingFlags.Instance)[0], Trigger<EntityBatch>(context), Expression.Property(context, nameof(InvocationContext.InstanceServices))),
            _ => Expression.Property(context, nameof(InvocationContext.Trigger)),
        };
        return value.Type == type ? value : Expression.Convert(value, type);
    }

    private static UnaryExpression Trigger<T>(Expression context) => Expression.Convert(Expression.Property(context, nameof(InvocationContext.Trigger)), typeof(T));

    private static MethodCallExpression MessageBody(Type type, Expression context) =>
        Expression.Call(Trigger<MessageDelivery>(context), Generic(typeof(MessageDelivery), nameof(MessageDelivery.Body), type));

    private static MethodCallExpression MessageBodies(Type type, Expression context)
    {
        var element = MessageBatch.ElementOf(type)!;
        var method = type.IsAssignableFrom(element.MakeArrayType()) ? nameof(MessageDelivery.Bodies) : nameof(MessageDelivery.BodyList);
        return Expression.Call(Trigger<MessageDelivery>(context), Generic(typeof(MessageDelivery), method, element));
    }

    // An orchestration context as the activity's parameter type would be a TaskActivityContext; only inputs are functions' business.
    private static MethodCallExpression ActivityInput(Type type, Expression context) =>
        Expression.Call(Trigger<ActivityCall>(context), Generic(typeof(ActivityCall), nameof(ActivityCall.Input), type));

    private static MethodInfo Generic(Type owner, string method, Type argument) => owner.GetMethod(method, BindingFlags.Public | BindingFlags.Instance)!.MakeGenericMethod(argument);
}
