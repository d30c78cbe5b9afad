using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Ebla.Tests.Architecture;

/// <summary>Which types a compiled type uses: in its declaration, in its members' signatures, and in their bodies.</summary>
internal static class TypeUses
{
    /// <summary>All types that <paramref name="type"/> itself names, its nested types not looked into.</summary>
    public static IEnumerable<TypeReference> Of(TypeDefinition type) => Direct(type).SelectMany(Parts);

    /// <summary>The namespace of a type; that of the outermost type where types are nested.</summary>
    public static string NamespaceOf(TypeReference type)
    {
        while (type.DeclaringType is not null)
        {
            type = type.DeclaringType;
        }
        return type.Namespace;
    }

    private static IEnumerable<TypeReference?> Direct(TypeDefinition type) =>
    [
        type.BaseType,
        .. type.Interfaces.Select(i => i.InterfaceType),
        .. Attributes(type),
        .. Constraints(type),
        .. type.Fields.SelectMany(field => (IEnumerable<TypeReference?>)[field.FieldType, .. Attributes(field)]),
        .. type.Properties.SelectMany(property => (IEnumerable<TypeReference?>)[property.PropertyType, .. Attributes(property)]),
        .. type.Events.SelectMany(item => (IEnumerable<TypeReference?>)[item.EventType, .. Attributes(item)]),
        .. type.Methods.SelectMany(Method),
    ];

    private static IEnumerable<TypeReference?> Method(MethodDefinition method) =>
    [
        .. Signature(method),
        .. Attributes(method),
        .. Attributes(method.MethodReturnType),
        .. method.Parameters.SelectMany(Attributes),
        .. Constraints(method),
        .. method.Overrides.SelectMany(Member),
        .. method.HasBody ? Body(method.Body) : [],
    ];

    private static IEnumerable<TypeReference?> Body(MethodBody body) =>
    [
        .. body.Variables.Select(variable => variable.VariableType),
        .. body.ExceptionHandlers.Select(handler => handler.CatchType),
        .. body.Instructions.SelectMany(Operand),
    ];

    private static IEnumerable<TypeReference?> Operand(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        MemberReference member => Member(member),
        CallSite site => [site.ReturnType, .. site.Parameters.Select(parameter => parameter.ParameterType)],
        _ => [],
    };

    private static IEnumerable<TypeReference?> Member(MemberReference member) => member switch
    {
        GenericInstanceMethod method => [.. method.GenericArguments, .. Member(method.ElementMethod)],
        MethodReference method => [method.DeclaringType, .. Signature(method)],
        FieldReference field => [field.DeclaringType, field.FieldType],
        _ => [member.DeclaringType],
    };

    private static IEnumerable<TypeReference?> Signature(MethodReference method) =>
        [method.ReturnType, .. method.Parameters.Select(parameter => parameter.ParameterType)];

    private static IEnumerable<TypeReference?> Constraints(IGenericParameterProvider provider) =>
        provider.GenericParameters.SelectMany(parameter => parameter.Constraints).Select(constraint => constraint.ConstraintType);

    private static IEnumerable<TypeReference?> Attributes(ICustomAttributeProvider provider) =>
        provider.CustomAttributes.SelectMany(attribute => (IEnumerable<TypeReference?>)
        [
            attribute.AttributeType,
            .. attribute.ConstructorArguments.Select(argument => argument.Value).OfType<TypeReference>(),
            .. attribute.Properties.Select(property => property.Argument.Value).OfType<TypeReference>(),
        ]);

    // List<X[]>& names List and X.
    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null => [],
        GenericParameter => [],
        FunctionPointerType pointer =>
            Parts(pointer.ReturnType).Concat(pointer.Parameters.SelectMany(parameter => Parts(parameter.ParameterType))),
        IModifierType modified => Parts(modified.ModifierType).Concat(Parts(modified.ElementType)),
        GenericInstanceType generic => Parts(generic.ElementType).Concat(generic.GenericArguments.SelectMany(Parts)),
        TypeSpecification wrapped => Parts(wrapped.ElementType),
        _ => [type],
    };
}
