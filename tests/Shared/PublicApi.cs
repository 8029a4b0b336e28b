using System.Reflection;
using System.Text;

namespace TorchLoss.Tests.Shared;

/// <summary>The public surface of an assembly as text, so that a change of it is seen and reviewed.</summary>
static class PublicApi
{
    /// <summary>All public types with their members, in order of their names.</summary>
    public static string Render(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (
            var type in assembly.GetExportedTypes().Where(IsSpelled).OrderBy(t => t.FullName, StringComparer.Ordinal)
        )
        {
            text.Append(Kind(type)).Append(' ').Append(Name(type, withNamespace: true)).Append('\n');
            foreach (var member in Members(type).Distinct().Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>Compiler-made types (extension block containers) have no name one could write.</summary>
    static bool IsSpelled(Type type) => !type.FullName!.Contains('<') && !type.FullName.Contains('$');

    static string Kind(Type type) =>
        type.IsEnum ? "enum"
        : type.IsInterface ? "interface"
        : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
        : type.IsValueType ? "struct"
        : type is { IsAbstract: true, IsSealed: true } ? "static class"
        : type.IsAbstract ? "abstract class"
        : type.IsSealed ? "sealed class"
        : "class";

    static IEnumerable<string> Members(Type type)
    {
        const BindingFlags Declared =
            BindingFlags.Public
            | BindingFlags.NonPublic
            | BindingFlags.Instance
            | BindingFlags.Static
            | BindingFlags.DeclaredOnly;
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(n => $"{n} = {Convert.ToInt64(Enum.Parse(type, n))}");
        }

        var constructors = type.GetConstructors(Declared).Where(Visible).Select(c => $"new({Parameters(c)})");
        var methods = type.GetMethods(Declared)
            .Where(m => Visible(m) && !IsCompilerMade(m) && m.GetBaseDefinition() == m)
            .Select(m => $"{Modifiers(m)}{Name(m.ReturnType)} {m.Name}{Arguments(m)}({Parameters(m)})");
        var properties = type.GetProperties(Declared)
            .Where(p => p.GetMethod is { } get && Visible(get) && !p.Name.Contains("EqualityContract"))
            .Select(p =>
                $"{Modifiers(p.GetMethod!)}{Name(p.PropertyType)} {p.Name} {{ get; {(p.SetMethod is { } set && Visible(set) ? "set; " : "")}}}"
            );
        var fields = type.GetFields(Declared)
            .Where(f => f.IsPublic)
            .Select(f => $"{(f.IsLiteral ? "const " : f.IsStatic ? "static " : "")}{Name(f.FieldType)} {f.Name}");
        return constructors.Concat(methods).Concat(properties).Concat(fields);
    }

    static bool Visible(MethodBase m) => m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly;

    static bool IsCompilerMade(MethodInfo m) =>
        m.Name.Contains('<')
        || m.IsSpecialName && !m.Name.StartsWith("op_", StringComparison.Ordinal)
        || m.Name is "PrintMembers" or "Deconstruct" or "op_Equality" or "op_Inequality" or "Equals";

    static string Modifiers(MethodInfo m) =>
        (m.IsFamily || m.IsFamilyOrAssembly ? "protected " : "")
        + (m.IsStatic ? "static " : "")
        + (
            m is { IsAbstract: true } ? "abstract "
            : m is { IsVirtual: true, IsFinal: false } ? "virtual "
            : ""
        );

    static string Arguments(MethodInfo m) =>
        m.IsGenericMethodDefinition ? $"<{string.Join(", ", m.GetGenericArguments().Select(a => a.Name))}>" : "";

    static string Parameters(MethodBase m) =>
        string.Join(", ", m.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}{Default(p)}"));

    static string Default(ParameterInfo p) =>
        !p.HasDefaultValue ? ""
        : p.DefaultValue is null ? " = default"
        : $" = {Convert.ToString(p.DefaultValue, System.Globalization.CultureInfo.InvariantCulture)}";

    static string Name(Type type, bool withNamespace = false)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Name(inner) + "?";
        }

        if (type.IsArray || type.IsByRef)
        {
            return Name(type.GetElementType()!) + (type.IsArray ? "[]" : "&");
        }

        var name =
            (withNamespace && type.Namespace is { } space ? space + "." : "")
            + (type.DeclaringType is { } outer && !type.IsGenericParameter ? Name(outer) + "." : "")
            + type.Name.Split('`')[0];
        return type.IsGenericType
            ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(a => Name(a)))}>"
            : name;
    }
}
