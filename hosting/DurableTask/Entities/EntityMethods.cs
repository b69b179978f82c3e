using System.Collections.Concurrent;
using System.Reflection;

namespace EmbeddedFunctions.DurableTask.Entities;

/// <summary>Public methods as operations, found by name without regard to case and kept. Overloads are ambiguous.</summary>
internal sealed class EntityMethods
{
    private readonly ConcurrentDictionary<(Type Type, string Name), Operation?> _operations = new();

    /// <summary>The method's answer, awaited; null when the target has no such method.</summary>
    public Func<ValueTask<object?>>? Find(object target, TaskEntityOperation operation)
    {
        var found = _operations.GetOrAdd((target.GetType(), operation.Name), static key => Operation.Of(key.Type, key.Name));
        return found is null ? null : () => found.RunAsync(target, operation);
    }

    private sealed class Operation(MethodInfo method, ParameterInfo[] parameters)
    {
        private readonly MethodInvoker _invoker = MethodInvoker.Create(method);
        private readonly PropertyInfo? _result = ResultOf(method.ReturnType);

        public static Operation? Of(Type type, string name) =>
            type.GetMethod(name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase) is { } method ? new Operation(method, method.GetParameters()) : null;

        public async ValueTask<object?> RunAsync(object target, TaskEntityOperation operation)
        {
            var arguments = new object?[parameters.Length];
            Type? bound = null;
            for (var i = 0; i < arguments.Length; i++)
                arguments[i] = Bind(parameters[i], operation, ref bound);

            var answer = _invoker.Invoke(target, arguments.AsSpan());
            var task = answer switch
            {
                Task t => t,
                ValueTask t => t.AsTask(),
                not null when _result is not null => (Task)answer.GetType().GetMethod(nameof(ValueTask.AsTask))!.Invoke(answer, null)!,
                _ => null,
            };
            if (task is null)
                return answer;

            await task;
            return _result?.GetValue(task);
        }

        private object? Bind(ParameterInfo parameter, TaskEntityOperation operation, ref Type? bound)
        {
            var type = parameter.ParameterType;
            if (type == typeof(TaskEntityContext))
                return operation.Context;
            if (type == typeof(TaskEntityOperation))
                return operation;
            if (bound is not null)
                throw new InvalidOperationException($"{operation} cannot be bound to '{method}': it has more than one parameter for the input.");

            bound = type;
            if (operation.HasInput)
                return operation.GetInput(type);
            return parameter.HasDefaultValue
                ? parameter.DefaultValue
                : throw new InvalidOperationException($"{operation} cannot be bound to '{method}': it has no input, and the parameter '{parameter.Name}' no default value.");
        }

        /// <summary>The property that has the result of a Task&lt;T&gt; or ValueTask&lt;T&gt;, read from the task.</summary>
        private static PropertyInfo? ResultOf(Type type)
        {
            if (!type.IsGenericType)
                return null;

            var definition = type.GetGenericTypeDefinition();
            return definition == typeof(Task<>) || definition == typeof(ValueTask<>)
                ? typeof(Task<>).MakeGenericType(type.GetGenericArguments()).GetProperty("Result")
                : null;
        }
    }
}
