using System.Linq.Expressions;
using System.Reflection;
using EmbeddedFunctions.Discovery;
using Microsoft.Extensions.DependencyInjection;

namespace EmbeddedFunctions.Invocation;

/// <summary>Compiles a function into one delegate: make the instance, bind the parameters, call, store the result.</summary>
internal static class InvokerCompiler
{
    public static FunctionInvoker Compile(DiscoveredFunction function)
    {
        var context = Expression.Parameter(typeof(InvocationContext), "context");
        var arguments = function.Bindings.Select(b => ParameterBinder.Bind(b, context));
        var call = Expression.Call(Instance(function.Method, context), function.Method, arguments);
        return Expression.Lambda<FunctionInvoker>(Completion(call, context), context).Compile();
    }

    private static UnaryExpression? Instance(MethodInfo method, ParameterExpression context)
    {
        if (method.IsStatic)
            return null;

        var type = method.DeclaringType!;
        var factory = ActivatorUtilities.CreateFactory(type, Type.EmptyTypes);
        var services = Expression.Property(context, nameof(InvocationContext.InstanceServices));
        Expression instance = Expression.Invoke(Expression.Constant(factory), services, Expression.Constant(null, typeof(object[])));
        if (typeof(IDisposable).IsAssignableFrom(type) || typeof(IAsyncDisposable).IsAssignableFrom(type))
            instance = Expression.Call(context, nameof(InvocationContext.Own), typeArguments: null, instance);
        return Expression.Convert(instance, type);
    }

    private static Expression Completion(MethodCallExpression call, ParameterExpression context)
    {
        var type = call.Type;
        if (type == typeof(Task))
            return call;
        if (type == typeof(void))
            return Expression.Block(call, Expression.Constant(Task.CompletedTask));
        if (type == typeof(ValueTask))
            return Expression.Call(call, nameof(ValueTask.AsTask), typeArguments: null);
        if (!type.IsGenericType)
            return Store(nameof(InvocationResults.Value), type, call, context);

        var definition = type.GetGenericTypeDefinition();
        if (definition == typeof(Task<>))
            return Store(nameof(InvocationResults.TaskOf), type.GetGenericArguments()[0], call, context);
        if (definition == typeof(ValueTask<>))
            return Store(nameof(InvocationResults.ValueTaskOf), type.GetGenericArguments()[0], call, context);
        return Store(nameof(InvocationResults.Value), type, call, context);
    }

    private static MethodCallExpression Store(string method, Type result, Expression call, ParameterExpression context) =>
        Expression.Call(typeof(InvocationResults).GetMethod(method)!.MakeGenericMethod(result), context, call);
}
