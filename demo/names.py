"""Invented people, with first and family names that are common in Chile."""

import numpy as np

FIRST = (
    "Agustín", "Alejandra", "Alonso", "Amanda", "Andrés", "Antonia", "Bastián", "Benjamín",
    "Camila", "Carla", "Carlos", "Catalina", "Claudia", "Constanza", "Cristóbal", "Daniela",
    "Diego", "Elena", "Emilia", "Esteban", "Felipe", "Fernanda", "Francisca", "Gabriel",
    "Gonzalo", "Héctor", "Ignacia", "Ignacio", "Isidora", "Javier", "Javiera", "Joaquín",
    "Josefa", "Juan", "Julieta", "Karina", "Lorena", "Lucas", "Luis", "Macarena", "Magdalena",
    "Manuel", "Marcela", "María", "Martín", "Matías", "Maximiliano", "Nicolás", "Pablo",
    "Paula", "Pedro", "Ricardo", "Rodrigo", "Rosa", "Sebastián", "Sofía", "Tomás", "Valentina",
    "Verónica", "Vicente", "Ximena",
)  # fmt: skip
FAMILY = (
    "Aguilera", "Alfaro", "Álvarez", "Araya", "Barraza", "Bravo", "Bustos", "Carmona", "Castillo",
    "Castro", "Cisternas", "Contreras", "Cortés", "Díaz", "Espinoza", "Fernández", "Flores",
    "Fuentes", "Godoy", "Gómez", "González", "Gutiérrez", "Hernández", "Herrera", "Jeraldo",
    "Lara", "López", "Maldonado", "Marín", "Martínez", "Medina", "Molina", "Morales", "Muñoz",
    "Navarro", "Núñez", "Olivares", "Ortiz", "Parra", "Peña", "Pérez", "Pizarro", "Ramírez",
    "Reyes", "Riquelme", "Rivera", "Rodríguez", "Rojas", "Romero", "Saavedra", "Salazar",
    "Sánchez", "Sepúlveda", "Silva", "Soto", "Tapia", "Torres", "Valdivia", "Valenzuela",
    "Vargas", "Vega", "Véliz", "Vera", "Vergara", "Zepeda",
)  # fmt: skip


def full_names(count: int, rng: np.random.Generator) -> list[str]:
    """Names with two family names, as the country writes them; hardly any twice."""
    first = rng.choice(FIRST, count)
    family = rng.choice(FAMILY, (count, 2))
    return [f"{a} {b} {c}" for a, (b, c) in zip(first, family, strict=True)]
