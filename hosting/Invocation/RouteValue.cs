using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using EmbeddedFunctions.Worker;

namespace EmbeddedFunctions.Invocation;

/// <summary>Route values that bind to parameters by name: strings, enums and everything that parses itself.</summary>
internal static class RouteValue
{
    public static bool CanBind(Type type)
    {
        var core = Nullable.GetUnderlyingType(type) ?? type;
        return core == typeof(string) || core.IsEnum || IsParsable(core);
    }

    public static Expression Bind(ParameterInfo parameter, Expression context)
    {
        var type = parameter.ParameterType;
        var core = Nullable.GetUnderlyingType(type) ?? type;
        var name = Expression.Constant(parameter.Name);
        var optional = Expression.Constant(parameter.HasDefaultValue || core != type || new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable);
        var text = Expression.Call(Method(nameof(Read)), context, name, optional);
        var missing = Expression.Constant(parameter.HasDefaultValue ? parameter.DefaultValue : null, typeof(object));
        if (core == typeof(string))
            return Expression.Coalesce(text, Expression.Convert(missing, typeof(string)));

        var parse = Expression.Call(Method(core.IsEnum ? nameof(ParseEnum) : nameof(Parse)).MakeGenericMethod(core), text, name);
        if (!(bool)optional.Value!)
            return parse;

        var fallback = parameter.HasDefaultValue && parameter.DefaultValue is not null ? (Expression)Expression.Convert(missing, type) : Expression.Default(type);
        return Expression.Condition(Expression.Equal(text, Expression.Constant(null, typeof(string))), fallback, Expression.Convert(parse, type));
    }

    private static bool IsParsable(Type type) =>
        type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IParsable<>) && i.GetGenericArguments()[0] == type);

    private static MethodInfo Method(string name) => typeof(RouteValue).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;

    private static string? Read(InvocationContext context, string name, bool optional)
    {
        var value = context.Http!.Request.RouteValues[name];
        return value switch
        {
            string text => text,
            null when optional => null,
            null => throw new FunctionInputConverterException($"The route value '{name}' is missing."),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture),
        };
    }

    private static T Parse<T>(string text, string name)
        where T : IParsable<T> =>
        T.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : throw Invalid(name, typeof(T));

    private static T ParseEnum<T>(string text, string name)
        where T : struct, Enum =>
        Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) ? value : throw Invalid(name, typeof(T));

    private static FunctionInputConverterException Invalid(string name, Type type) => new($"The route value '{name}' is not a {type.Name}.");
}
